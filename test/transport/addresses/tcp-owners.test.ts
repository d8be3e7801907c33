import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import test from 'ava';
import { mayUseDocker } from '../../../src/transport/addresses/docker-group.js';
import { TcpOwners } from '../../../src/transport/addresses/tcp-owners.js';

const owners = new TcpOwners();
test.after.always(() => owners.close());
const uidOf = async (socket: Socket): Promise<number | undefined> => (await owners.find(socket))?.uid;

const WAYS: readonly [listen: string, connect: string][] = [
  ['127.0.0.1', '127.0.0.1'],
  ['127.0.0.1', '::ffff:127.0.0.1'],
  ['::1', '::1'],
  ['::', '127.0.0.1'],
];

for (const [host, target] of WAYS) {
  test(`the user behind a connection from ${target} to ${host}`, async (t) => {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    t.teardown(() => server.close());
    const { port } = server.address() as AddressInfo;
    const script = `require('net').connect(${port}, '${target}').resume()`;
    const child = spawn(process.execPath, ['-e', script], { uid: 65534, gid: 65534, stdio: 'ignore' });
    t.teardown(() => child.kill());
    const [theirs] = (await once(server, 'connection')) as [Socket];
    t.is(await uidOf(theirs), 65534);
    theirs.destroy();

    const mine = connect(port, target);
    const [own] = (await once(server, 'connection')) as [Socket];
    t.is(await uidOf(own), process.getuid?.());
    mine.end();
    await once(own.resume(), 'end');
    t.is(await uidOf(own), process.getuid?.());
    own.destroy();
  });
}

test('a peer that has left is nobody, not root', async (t) => {
  const server = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const script = `const s = require('net').connect(${port}, '127.0.0.1', () => { s.write('x', () => process.kill(process.pid, 'SIGKILL')) })`;
  const child = spawn(process.execPath, ['-e', script], { uid: 65534, gid: 65534, stdio: 'ignore' });
  const left = once(child, 'exit');
  const [socket] = (await once(server, 'connection')) as [Socket];
  await left;
  t.is(await uidOf(socket), undefined);
  socket.destroy();
});

test('who may use docker', async (t) => {
  t.true(await mayUseDocker(0));
  t.false(await mayUseDocker(65534));
  t.false(await mayUseDocker(4294967294));
});
