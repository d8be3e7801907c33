import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ThirdPartyPlugins } from '../engine/index.js';
import type { CallHandler } from '../kernel/contracts/index.js';
import { type Listener, listen } from '../transport/server/index.js';

let sockets = 0;
const BUILT_IN = new Set(['unix', 'tcp', 'http', 'http+unix']);

/** Listens on an address whose scheme a plugin brings; undefined for the engine's own schemes. */
export async function listenByPlugin(
  address: string,
  plugins: ThirdPartyPlugins,
  handler: CallHandler,
  runDir: string,
): Promise<Listener | undefined> {
  const [, scheme, rest] = /^([a-z][a-z0-9+]*):\/\/(.*)$/s.exec(address) ?? [];
  if (scheme === undefined || rest === undefined || BUILT_IN.has(scheme)) return undefined;
  // A connection that the plugin took goes on to a socket of the engine's own: it is served like any other.
  const path = `${runDir}/plugin-${scheme}-${sockets++}.sock`;
  const listener = await listen(`unix://${path}`, handler);
  plugins.onConnection = (connection) => forward(connection, path);
  try {
    await plugins.listen(scheme, rest);
    return listener;
  } catch (error) {
    await listener.close();
    throw error;
  }
}

function forward(connection: Duplex, path: string): void {
  const socket = connect({ path, allowHalfOpen: true });
  const end = (): void => {
    socket.destroy();
    connection.destroy();
  };
  socket.on('error', end);
  connection.on('error', end);
  connection.pipe(socket).pipe(connection);
}
