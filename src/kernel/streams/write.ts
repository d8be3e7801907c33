import type { Writable } from 'node:stream';

/** Writes and waits until the other side can take more. Returns quietly when the other side is gone. */
export function write(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  if (stream.destroyed || stream.writableEnded || stream.write(chunk)) return Promise.resolve();
  return drained(stream);
}

/** Resolves when a stream that pushed back can take more, or is gone. */
export function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      stream.off('drain', settle);
      stream.off('close', settle);
      resolve();
    };
    stream.on('drain', settle);
    stream.on('close', settle);
    if (stream.destroyed) settle();
  });
}
