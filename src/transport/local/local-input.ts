import { constants, createReadStream, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';

/** Reads an open descriptor of this process, whatever it is. Nothing is taken from it before the stream is read. */
export function readDescriptor(fd: number): Readable {
  const status = fstatSync(fd);
  if (status.isFIFO() || status.isSocket()) return pipe(fd, status.isFIFO());
  if (isatty(fd)) return new ReadStream(fd);
  return createReadStream('', { fd, autoClose: fd > 2, highWaterMark: 256 * 1024 });
}

function pipe(fd: number, isFifo: boolean): Readable {
  const own = isFifo && fd <= 2 ? reopened(fd) : fd;
  return new Socket({ fd: own, readable: true, writable: false, manualStart: true } as object);
}

function reopened(fd: number): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return fd;
  }
}
