import { text } from 'node:stream/consumers';
import test from 'ava';
import { contextFor } from '../../../src/kernel/calls/command-context.js';
import type { Client } from '../../../src/kernel/contracts/client.js';
import { NeedsDaemon } from '../../../src/kernel/contracts/command.js';
import { FakeClient } from '../fixtures.js';

test('a context hands on what the client has', async (t) => {
  const client = new FakeClient({ input: 'hello', env: { TERM: 'x' } });
  const context = contextFor(client, ['a'], true);
  t.deepEqual(context.args, ['a']);
  t.is(context.stdout, client.stdout);
  t.is(context.stderr, client.stderr);
  t.is(context.terminal, client.terminal);
  t.is(context.gone, client.gone);
  t.is(context.env, client.env);
  t.is(await text(context.stdin), 'hello');
  t.is(await text(await context.openFile('f')), 'content of f');
});

test("paths are resolved by the client's folder", (t) => {
  const context = contextFor(new FakeClient(), [], true);
  t.is(context.resolvePath('x/../y'), '/home/me/y');
  t.is(context.resolvePath('/etc'), '/etc');
});

test('standard input is not touched before the command reads it', (t) => {
  const client = new FakeClient();
  const untouched = Object.defineProperty(Object.create(client) as Client, 'stdin', {
    get: () => t.fail('stdin was opened'),
  });
  t.notThrows(() => contextFor(untouched, [], false));
});

test('only a daemon may look after what a command starts', (t) => {
  t.notThrows(() => contextFor(new FakeClient(), [], true).needsDaemon());
  t.throws(() => contextFor(new FakeClient(), [], false).needsDaemon(), { instanceOf: NeedsDaemon });
});
