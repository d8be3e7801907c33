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
import { HEADER_BYTES, MAX_DATA_BYTES, STREAMS, UNFINISHED_LENGTH } from './log-record.js';
import type { Segment } from './rotation.js';
import { segmentsOf } from './rotation.js';

const READ_BYTES = 1 << 16;

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

/**
 * Repairs a log that an engine or a machine left in the middle of a write: call it before anything is appended. Only
 * the newest segment can need it.
 */
export function repairLog(path: string): void {
  const newest = segmentsOf(path).at(-1);
  if (newest) repairSegment(newest);
}

/**
 * Completes a last record whose data are there with its length, and cuts off everything else after the last whole
 * record. A segment that is no file is renamed to `*.damaged`.
 */
export function repairSegment({ path }: Segment): void {
  if (!lstatSync(path).isFile()) {
    renameSync(path, `${path}.damaged`);
    return;
  }
  const fd = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    const offset = intactBytes(fd);
    const { size } = fstatSync(fd);
    if (offset === size) return;
    const header = Buffer.alloc(HEADER_BYTES);
    const length = size - offset - HEADER_BYTES;
    const isWhole = readSync(fd, header, 0, HEADER_BYTES, offset) === HEADER_BYTES && isUnfinished(header);
    if (isWhole && length > 0 && length <= MAX_DATA_BYTES) {
      header.writeUInt32LE(length, 0);
      writeSync(fd, header, 0, HEADER_BYTES, offset);
    } else ftruncateSync(fd, offset);
  } finally {
    closeSync(fd);
  }
}

/** The length of the intact records from the beginning. */
function intactBytes(fd: number): number {
  const { size } = fstatSync(fd);
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let start = 0;
  let filled = 0;
  for (let at = 0; ; ) {
    if (at + HEADER_BYTES > start + filled) {
      start = at;
      filled = readSync(fd, buffer, 0, READ_BYTES, at);
      if (filled < HEADER_BYTES) return at;
    }
    const header = buffer.subarray(at - start, at - start + HEADER_BYTES);
    const end = at + HEADER_BYTES + header.readUInt32LE(0);
    if (!isRecord(header) || end > size) return at;
    at = end;
  }
}

/** Length, stream and three zero bytes. A file system that lost data to a power cut may have left zeros in their place. */
function isRecord(header: Buffer): boolean {
  const isKnown = header.readUInt32LE(0) <= MAX_DATA_BYTES && header.readUInt32LE(4) < STREAMS.length;
  return isKnown && header.some((byte) => byte !== 0);
}

/** Of a record whose data were being moved. Anything else is damage. */
function isUnfinished(header: Buffer): boolean {
  return header.readUInt32LE(0) === UNFINISHED_LENGTH && header.readUInt32LE(4) < STREAMS.length;
}
