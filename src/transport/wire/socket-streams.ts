import type { Socket } from 'node:net';
import { Readable, Writable } from 'node:stream';

/** In bytes. */
const MOST_THROWN_AWAY = 16 << 20;

type Done = (error?: Error | null) => void;

/** In bytes: what may wait in a connection before the writers of a call wait, too. */
const ROOM = 64 << 10;

/** Sends the bytes, or passes them on; calls back when they are taken. */
type Send = (bytes: Buffer, done: Done) => void;

/**
 * The two outputs of a call that share a connection: it is their one queue, so that bytes arrive in the order in which they were
 * written, whichever of the two they went to. A client that does not read holds up its own call alone: `write` returns false
 * once the connection is full. Errors surface as a closed stream, never as an uncaught one.
 */
export function outputsTo(
  connection: { readonly writableLength: number },
  send: Readonly<Record<'stdout' | 'stderr', Send>>,
): { readonly stdout: Writable; readonly stderr: Writable } {
  const through = (one: Send): Writable =>
    new QueuedOutput((bytes, done) => {
      if (connection.writableLength + bytes.length > ROOM) return one(bytes, done);
      one(bytes, () => {});
      done();
    });
  return { stdout: through(send.stdout), stderr: through(send.stderr) };
}

/** A writable that keeps nothing of its own where its writer waits: `write` returns whether all is taken. */
export class QueuedOutput extends Writable {
  constructor(private readonly send: Send) {
    super({ highWaterMark: 1 });
    this.on('error', () => {});
  }

  // biome-ignore lint/suspicious/noExplicitAny: all forms of it
  override write(...given: any): boolean {
    super.write(...(given as Parameters<Writable['write']>));
    return this.writableLength === 0;
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.send(bytes, done);
  }
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
