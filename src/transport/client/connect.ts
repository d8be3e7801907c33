import type { Socket } from 'node:net';
import { type Address, type Env, formatAddress } from '../addresses/address.js';

const { connect: connectSocket } = process.getBuiltinModule('node:net');

/** No process listens there: the call can be made in this process instead. */
export class NoDaemon extends Error {
  override readonly name = 'NoDaemon';
}

/** Receives bytes. They are a view of one buffer that is used again and again. */
type Receive = (bytes: Buffer) => void;

const RECEIVE_BUFFER = 256 * 1024;
const FULL_BACKLOG_TRIES = 50;
const KEEPALIVE_MS = 60_000;

/**
 * Connects to a daemon. tcp goes by TLS if `DOCKER_TLS_VERIFY` or `DOCKER_TLS` is set, as of `connectTls`.
 * @throws NoDaemon; or the system's error
 */
export async function connect(address: Address, env: Env, receive: Receive): Promise<Socket> {
  for (let tries = 1; ; tries++) {
    try {
      return await connectOnce(address, env, receive);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ENOTDIR') {
        throw new NoDaemon(`Nobody listens on ${formatAddress(address)}`, { cause: error });
      }
      if (code !== 'EAGAIN' || tries === FULL_BACKLOG_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function connectOnce(address: Address, env: Env, receive: Receive): Promise<Socket> {
  const onread = {
    buffer: Buffer.allocUnsafeSlow(RECEIVE_BUFFER),
    callback: (length: number, buffer: Uint8Array) => {
      receive((buffer as Buffer).subarray(0, length));
      return true;
    },
  };
  if ('path' in address) return established(connectSocket({ path: address.path, onread }), 'connect');
  const { host, port } = address;
  if (!env['DOCKER_TLS_VERIFY'] && !env['DOCKER_TLS'])
    return established(connectSocket({ host, port, onread, noDelay: true }), 'connect');
  const { connectTls } = await import('./connect-tls.js');
  const socket = await established(await connectTls(host, port, env), 'secureConnect');
  return socket.on('data', receive);
}

function established(socket: Socket, event: 'connect' | 'secureConnect'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once(event, () => {
      socket.off('error', reject);
      // For TCP: a daemon's host may vanish.
      socket.setKeepAlive(true, KEEPALIVE_MS);
      resolve(socket);
    });
  });
}
