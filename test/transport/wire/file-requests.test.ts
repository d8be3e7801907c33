import test from 'ava';
import { parseTreeRequest } from '../../../src/transport/wire/file-requests.js';

const ask = (request: object, ...argv: string[]) => parseTreeRequest(Buffer.from(JSON.stringify(request)), argv);

const LENT: readonly (readonly [object, readonly string[]])[] = [
  [{ do: 'look', path: 'a' }, ['cp', 'a', 'web:/']],
  [{ do: 'read', path: 'a', as: 'a' }, ['container', 'cp', '-a', 'a', 'web:/', '-q']],
  [{ do: 'write', path: 'b' }, ['cp', 'web:/', 'b']],
  [{ do: 'create', path: 'id', text: 'x' }, ['run', '--cidfile', 'id', 'busybox']],
  [{ do: 'look', path: 'id' }, ['create', '--cidfile=id', 'busybox']],
];
for (const [request, argv] of LENT) {
  test(`lent: ${JSON.stringify(request)} of ${argv.join(' ')}`, (t) => {
    t.like(ask(request, ...argv), request);
  });
}

const KEPT: readonly (readonly [object, readonly string[]])[] = [
  [{ do: 'read', path: '/', as: '.' }, ['exec', 'web', 'ls', '/']],
  [{ do: 'write', path: '/' }, ['run', '-w', '/', 'busybox']],
  [{ do: 'create', path: '/etc/cron.d/x', text: 'x' }, ['exec', 'web', 'touch', '/etc/cron.d/x']],
  [{ do: 'write', path: 'a' }, ['cp', 'a', 'web:/']],
  [{ do: 'read', path: 'b', as: 'b' }, ['cp', 'web:/', 'b']],
  [{ do: 'read', path: 'id', as: 'id' }, ['run', '--cidfile', 'id', 'busybox']],
  [{ do: 'read', path: 'other', as: 'x' }, ['cp', 'a', 'web:/']],
];
for (const [request, argv] of KEPT) {
  test(`kept: ${JSON.stringify(request)} of ${argv.join(' ')}`, (t) => {
    t.throws(() => ask(request, ...argv), { message: /not named on the command line/ });
  });
}

test('what is no question is refused', (t) => {
  t.throws(() => ask({ do: 'look' }, 'cp', 'a', 'b'), { message: 'not a question about a file' });
});
