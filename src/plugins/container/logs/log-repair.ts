import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { LogReader } from './log-reader.js';
import { HEADER_BYTES, MAX_DATA_BYTES, STREAMS, UNFINISHED_LENGTH } from './log-record.js';
import type { Segment } from './rotation.js';
import { segmentsOf } from './rotation.js';

/** Whether a segment that no process writes any more contains anything but whole records. */
export function isDamaged({ path }: Segment): boolean {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return true;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return intactBytes(fd) < fstatSync(fd).size;
  } finally {
    closeSync(fd);
  }
}

/** Keeps the records before the damage. A segment that is no file is renamed to `*.damaged`. */
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

/** The length of the intact records from the beginning. */
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

/**
 * Completes the last record of a log whose engine was killed: a record whose data are there gets its length, and
 * everything else after the last whole record is cut off. Only the newest segment can need it.
 */
export function repairLog(path: string): void {
  const newest = segmentsOf(path).at(-1);
  if (!newest) return;
  const reader = new LogReader(path, newest.start);
  while (reader.read().length > 0);
  const offset = reader.position - newest.start;
  reader.close();
  const fd = openSync(newest.path, 'r+');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    const length = fstatSync(fd).size - offset - HEADER_BYTES;
    const isWhole = readSync(fd, header, 0, HEADER_BYTES, offset) === HEADER_BYTES && isUnfinished(header);
    if (isWhole && length > 0 && length <= MAX_DATA_BYTES) {
      header.writeUInt32LE(length, 0);
      writeSync(fd, header, 0, HEADER_BYTES, offset);
    } else ftruncateSync(fd, offset);
  } finally {
    closeSync(fd);
  }
}

/** Of a record whose data were being moved. Anything else is damage. */
function isUnfinished(header: Buffer): boolean {
  return header.readUInt32LE(0) === UNFINISHED_LENGTH && header.readUInt32LE(4) < STREAMS.length;
}
