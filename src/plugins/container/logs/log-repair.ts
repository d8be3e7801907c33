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
import type { OutputStream } from '../contracts/index.js';
import { HEADER_BYTES, MAX_DATA_BYTES, STREAMS, UNFINISHED_LENGTH } from './log-record.js';
import type { Segment } from './rotation.js';
import { segmentsOf } from './rotation.js';

const READ_BYTES = 1 << 16;

/** Whether a segment that no process writes any more contains anything but whole records. */
export function isDamaged({ path }: Segment): boolean {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return true;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return scan(fd).intact < fstatSync(fd).size;
  } finally {
    closeSync(fd);
  }
}

/** Where in a segment the last data of each stream end; 0 where it has none, and is in the middle of a line. */
export type StreamEnds = Partial<Record<OutputStream, number>>;

/**
 * Repairs a log that an engine or a machine left in the middle of a write: call it before anything is appended. Only
 * the newest segment can need it.
 * @returns what is in that segment
 */
export function repairLog(path: string): StreamEnds {
  const newest = segmentsOf(path).at(-1);
  return newest ? repairSegment(newest) : {};
}

/**
 * Completes a last record whose data are there with its length, and cuts off everything else after the last whole
 * record. A segment that is no file is renamed to `*.damaged`.
 */
export function repairSegment({ path }: Segment): StreamEnds {
  if (!lstatSync(path).isFile()) {
    renameSync(path, `${path}.damaged`);
    return {};
  }
  const fd = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    const { intact: offset, ends } = scan(fd);
    const { size } = fstatSync(fd);
    if (offset === size) return ends;
    const header = Buffer.alloc(HEADER_BYTES);
    const length = size - offset - HEADER_BYTES;
    const isWhole = readSync(fd, header, 0, HEADER_BYTES, offset) === HEADER_BYTES && isUnfinished(header);
    if (!isWhole || length <= 0 || length > MAX_DATA_BYTES) {
      ftruncateSync(fd, offset);
      return ends;
    }
    header.writeUInt32LE(length, 0);
    writeSync(fd, header, 0, HEADER_BYTES, offset);
    return { ...ends, [streamOf(header)]: size };
  } finally {
    closeSync(fd);
  }
}

/** @returns the length of the intact records from the beginning, and what they are */
function scan(fd: number): { readonly intact: number; readonly ends: StreamEnds } {
  const ends: StreamEnds = {};
  const { size } = fstatSync(fd);
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let start = 0;
  let filled = 0;
  for (let at = 0; ; ) {
    if (at + HEADER_BYTES > start + filled) {
      start = at;
      filled = readSync(fd, buffer, 0, READ_BYTES, at);
      if (filled < HEADER_BYTES) return { intact: at, ends };
    }
    const header = buffer.subarray(at - start, at - start + HEADER_BYTES);
    const end = at + HEADER_BYTES + header.readUInt32LE(0);
    if (!isRecord(header) || end > size) return { intact: at, ends };
    if (header.readUInt32LE(0) > 0) ends[streamOf(header)] = end;
    else if (header.readUInt8(5) === 1) ends[streamOf(header)] = 0;
    at = end;
  }
}

function streamOf(header: Buffer): OutputStream {
  return STREAMS[header.readUInt8(4)] ?? 'stdout';
}

/** Stream, rest and two zero bytes. */
function namesStream(header: Buffer): boolean {
  return header.readUInt8(4) < STREAMS.length && header.readUInt8(5) <= 1 && header.readUInt16LE(6) === 0;
}

/** Length, stream and zero bytes. A file system that lost data to a power cut may have left zeros in their place. */
function isRecord(header: Buffer): boolean {
  const isKnown = header.readUInt32LE(0) <= MAX_DATA_BYTES && namesStream(header);
  return isKnown && header.some((byte) => byte !== 0);
}

/** Of a record whose data were being moved. Anything else is damage. */
function isUnfinished(header: Buffer): boolean {
  return header.readUInt32LE(0) === UNFINISHED_LENGTH && namesStream(header);
}
