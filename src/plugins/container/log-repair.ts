import { closeSync, constants, fstatSync, ftruncateSync, lstatSync, openSync, readSync, renameSync } from 'node:fs';
import { HEADER_BYTES, MAX_DATA_BYTES, STREAMS } from './log-writer.js';
import type { Segment } from './rotation.js';

/** Whether a piece of a log that nobody writes any more has anything but whole records. */
export function isDamaged({ path }: Segment): boolean {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return true;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return intactBytes(fd) < fstatSync(fd).size;
  } finally {
    closeSync(fd);
  }
}

/** Keeps the records before the damage. What is no file is put beside. */
export function cutDamage({ path }: Segment): void {
  if (!lstatSync(path).isFile()) {
    renameSync(path, `${path}.damaged`);
    return;
  }
  const fd = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    ftruncateSync(fd, intactBytes(fd));
  } finally {
    closeSync(fd);
  }
}

/** The length of the records that follow each other from the beginning. */
function intactBytes(fd: number): number {
  const { size } = fstatSync(fd);
  const header = Buffer.alloc(HEADER_BYTES);
  for (let at = 0; ; ) {
    const isHeader = readSync(fd, header, 0, HEADER_BYTES, at) === HEADER_BYTES;
    const length = header.readUInt32LE(0);
    const end = at + HEADER_BYTES + length;
    // Stream, and three zero bytes.
    const isRecord = isHeader && length <= MAX_DATA_BYTES && header.readUInt32LE(4) < STREAMS.length;
    if (!isRecord || end > size) return at;
    at = end;
  }
}
