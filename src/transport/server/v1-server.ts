import type { Socket } from 'node:net';
import { type CallHandler, type Client, GantryError } from '../../kernel/contracts/index.js';
import { closeGently, flushed, inputFrom, outputsTo } from '../wire/index.js';
import { BARE_CLIENT, type Call, clientGone, daemonStopped, failureLine } from './server-call.js';

/**
 * Serves one call of rcli v1, the protocol of 2013: the rest of the connection is stdin and its half-close the end of
 * input; the answer is stdout and stderr merged, then `Error: …` after a failure, until the server closes.
 * @param client what all clients have that cannot bring it
 */
export function serveV1(
  socket: Socket,
  argv: readonly string[],
  handler: CallHandler,
  client: Pick<Client, 'logins'>,
): Call {
  const gone = new AbortController();
  socket.once('close', () => gone.abort(clientGone()));
  return { abandon: () => gone.abort(daemonStopped()), done: serve(socket, argv, handler, gone.signal, client) };
}

async function serve(
  socket: Socket,
  argv: readonly string[],
  handler: CallHandler,
  gone: AbortSignal,
  client: Pick<Client, 'logins'>,
): Promise<void> {
  const stdin = inputFrom(socket);
  const send = (bytes: Buffer, done: () => void): void => void socket.write(bytes, done);
  const { stdout, stderr } = outputsTo(socket, { stdout: send, stderr: send });
  const closed = (): void => void [stdin, stdout, stderr].map((stream) => stream.destroy());
  socket.once('close', closed);
  const outcome = await handler(argv, {
    ...BARE_CLIENT,
    ...client,
    protocol: 'v1',
    stdin,
    stdout,
    stderr,
    gone,
    openFile: (path) => Promise.reject(new GantryError('denied', `Cannot read ${path}: a v1 client offers no files`)),
  });
  await Promise.all([flushed(stdout), flushed(stderr)]);
  if (outcome.failure && socket.writable) socket.write(failureLine(outcome.failure));
  closeGently(socket);
}
