import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { hungUp, peerUid } from '../../src/host/index.js';

const fdOf = (socket: Socket): number => (socket as unknown as { _handle: { fd: number } })._handle.fd;

test('the user at the other end, and whether it is still there', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-peer-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'sock');
  const server = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.teardown(() => server.close());
  const client = connect({ path, allowHalfOpen: true });
  const [theirs] = (await once(server, 'connection')) as [Socket];
  const fd = fdOf(theirs.on('error', () => {}));
  t.is(peerUid(fd), process.getuid?.() as number);
  t.deepEqual(hungUp([fd]), []);
  client.end();
  await once(theirs.resume(), 'end');
  t.deepEqual(hungUp([fd]), []);
  client.destroy();
  await once(client, 'close');
  t.deepEqual(hungUp([fd]), [fd]);
  theirs.destroy();
});

test('what is no socket has no user', (t) => {
  const fd = openSync('/dev/null', 'r');
  t.teardown(() => closeSync(fd));
  t.throws(() => peerUid(fd), { message: `getsockopt ${fd}: ENOTSOCK` });
});
