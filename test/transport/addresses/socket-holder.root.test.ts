import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import test from 'ava';
import { SocketHolders } from '../../../src/transport/addresses/socket-holder.js';
import { TcpOwners } from '../../../src/transport/addresses/tcp-owners.js';

const owners = new TcpOwners();
const holders = new SocketHolders();
const server = createServer({ allowHalfOpen: true });
test.before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
test.after.always(() => {
  server.close();
  return owners.close();
});

async function standingOf(command: readonly string[]): Promise<unknown> {
  const { port } = server.address() as AddressInfo;
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const [program = '', ...args] = command;
  const child: ChildProcess = spawn(program, [...args, String(port)], { stdio: ['pipe', 'ignore', 'inherit'] });
  const [socket] = await connected;
  const owner = await owners.find(socket);
  const standing = await holders.standingOf(owner?.inode ?? '');
  socket.destroy();
  child.kill();
  return standing;
}

const CONNECT = [process.execPath, '-e', 'require("net").connect(process.argv[1], "127.0.0.1").resume()'];

for (const [what, command, standing] of [
  ['a process of the host', CONNECT, 'host'],
  ['root of a mount namespace of its own', ['unshare', '--mount', ...CONNECT], 'elsewhere'],
  ['root of a user namespace of its own', ['unshare', '--user', '--map-root-user', ...CONNECT], 'elsewhere'],
] as const) {
  test.serial(what, async (t) => t.is(await standingOf(command), standing));
}

test.serial('a socket that no process holds', async (t) => {
  t.is(await holders.standingOf('1'), undefined);
});
