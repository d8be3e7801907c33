import type { Socket } from 'node:net';
import { Readable, Writable } from 'node:stream';

/** In bytes. */
const MOST_THROWN_AWAY = 16 << 20;

type Done = (error?: Error | null) => void;

/**
 * A writable whose writes are done when the connection has taken them: a client that does not read holds up its own
 * call alone. Errors surface as a closed stream, never as an uncaught one.
 */
export function outputTo(send: (bytes: Buffer, done: Done) => void): Writable {
  const output = new Writable({
    highWaterMark: 32 * 1024,
    write: (bytes: Buffer, _encoding, done) => send(bytes, done),
    writev: (pieces, done) => send(Buffer.concat(pieces.map((piece) => piece.chunk as Buffer)), done),
  });
  return output.on('error', () => {});
}

/** Ends a writable and waits until all of it is sent, or it is destroyed. */
export function flushed(output: Writable): Promise<void> {
  if (output.destroyed || output.writableFinished) return Promise.resolve();
  return new Promise((resolve) => output.once('finish', resolve).once('close', resolve).end());
}

/** The bytes of a connection or request, as a stream of its own: destroying it leaves the connection open. */
export function inputFrom(source: Readable): Readable {
  const input = new Readable({ highWaterMark: 64 * 1024, read: () => void source.resume() });
  source.on('data', (bytes: Buffer) => {
    if (input.destroyed || !input.push(bytes)) source.pause();
  });
  source.once('end', () => input.push(null));
  source.once('close', () => {
    if (!source.readableEnded) input.destroy();
  });
  return input.on('error', () => {});
}

/**
 * Closes a connection for good. What the client still sends is thrown away for a while: closing with unread bytes
 * would reset the connection, and could cost the client the end of its answer.
 */
export function closeGently(socket: Socket, milliseconds = 2000): void {
  if (socket.destroyed) return;
  let left = MOST_THROWN_AWAY;
  const timer = setTimeout(() => socket.destroy(), milliseconds);
  socket.once('close', () => clearTimeout(timer));
  socket.once('end', () => socket.destroySoon());
  socket.removeAllListeners('data').on('data', ({ length }: Buffer) => {
    left -= length;
    if (left < 0) socket.destroy();
  });
  socket.resume();
  socket.end();
  if (socket.readableEnded) socket.destroySoon();
}
