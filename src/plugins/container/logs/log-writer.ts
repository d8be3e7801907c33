import { close, closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { check, libc } from '../../../host/index.js';
import type { OutputStream } from '../contracts/index.js';
import { HEADER_BYTES, MAX_DATA_BYTES, STREAMS, UNFINISHED_LENGTH } from './log-record.js';
import { repairLog, type StreamEnds } from './log-repair.js';
import { type LogLimits, LogSegments, type Segment } from './rotation.js';

/** Below that, a record goes into a new segment. */
const MIN_RECORD_BYTES = 4096;
const NEWLINE = 0x0a;

/** Appends to a log, which it repairs first: the engine or the machine may have ended in the middle of a record. */
export class LogWriter {
  readonly #header = Buffer.alloc(HEADER_BYTES);
  readonly #segments: LogSegments;
  #fd: number;
  #size: number;
  /** Of the newest segment. */
  #ends: StreamEnds;
  /** Bytes of the newest segment that only say which streams are in the middle of a line. */
  #markerBytes = 0;

  constructor(
    path: string,
    private readonly limits: LogLimits,
  ) {
    this.#ends = repairLog(path);
    this.#segments = new LogSegments(path, limits);
    this.#fd = openForLog(this.#newest.path);
    this.#size = this.#newest.start + fstatSync(this.#fd).size;
  }

  /** Where the next record will begin. */
  get size(): number {
    return this.#size;
  }

  /**
   * Moves the contents of a pipe to the end of the log. The kernel takes the bytes out of the pipe and puts them into
   * the file in one step: an engine that is killed at any moment has neither lost nor doubled a byte. The record's
   * header is written before its data, with an impossible length, and gets the true one afterwards; `repairLog`
   * completes a record that was interrupted.
   * @param pipe a descriptor that does not block
   * @returns how many bytes; 0 at the pipe's end. @throws SystemError: `EAGAIN` where it is empty, `ENOSPC`, ...
   */
  move(stream: OutputStream, pipe: number, time: number): number {
    const most = this.#maxDataBytes();
    const offset = this.#size - this.#newest.start;
    this.#fillHeader(UNFINISHED_LENGTH, stream, time);
    writeSync(this.#fd, this.#header, 0, HEADER_BYTES, offset);
    let length = 0;
    try {
      length = spliceInto(this.#fd, offset + HEADER_BYTES, pipe, most);
    } finally {
      if (length === 0) this.#dropEmptyHeader();
    }
    if (length === 0) return 0;
    this.#header.writeUInt32LE(length, 0);
    writeSync(this.#fd, this.#header, 0, HEADER_BYTES, offset);
    this.#added(stream, length);
    return length;
  }

  /** The data of the record that was moved last. */
  readLast(into: Buffer, length: number): Buffer {
    const offset = this.#size - this.#newest.start - length;
    return into.subarray(0, readSync(this.#fd, into, 0, length, offset));
  }

  /**
   * Appends bytes that cannot be moved.
   * @throws the system's error when the disk is full; the log then ends where it did before.
   */
  append(stream: OutputStream, data: Uint8Array, time: number): void {
    this.#beginSegmentFor(data.length);
    const offset = this.#size - this.#newest.start;
    this.#fillHeader(data.length, stream, time);
    try {
      writeAll(this.#fd, data, offset + HEADER_BYTES);
      writeAll(this.#fd, this.#header, offset);
    } catch (error) {
      ftruncateSync(this.#fd, offset);
      throw error;
    }
    this.#added(stream, data.length);
  }

  #added(stream: OutputStream, length: number): void {
    this.#size += HEADER_BYTES + length;
    if (length > 0) this.#ends[stream] = this.#size - this.#newest.start;
  }

  /** A record that is larger than a segment gets one of its own. */
  #beginSegmentFor(length: number): void {
    const filled = this.#size - this.#newest.start;
    if (filled > this.#markerBytes && filled + HEADER_BYTES + length > this.limits.segmentBytes) this.#beginSegment();
  }

  #fillHeader(length: number, stream: OutputStream, time: number): void {
    this.#header.writeUInt32LE(length, 0);
    this.#header.writeUInt8(STREAMS.indexOf(stream), 4);
    this.#header.writeUInt8(0, 5);
    this.#header.writeDoubleLE(time, 8);
  }

  /** The largest size of the next record's data. Begins a new segment where the newest is nearly full. */
  #maxDataBytes(): number {
    const filled = this.#size - this.#newest.start;
    const room = this.limits.segmentBytes - filled - HEADER_BYTES;
    if (filled <= this.#markerBytes) return Math.max(room, MIN_RECORD_BYTES);
    if (room >= MIN_RECORD_BYTES) return Math.min(room, MAX_DATA_BYTES);
    this.#beginSegment();
    return this.#maxDataBytes();
  }

  /** Like `LogSegments.prune`. */
  prune(needed: number): boolean {
    return this.#segments.prune(needed);
  }

  close(): void {
    this.#dropEmptyHeader();
    closeInBackground(this.#fd);
  }

  /** Removes a header without data. */
  #dropEmptyHeader(): void {
    ftruncateSync(this.#fd, this.#size - this.#newest.start);
  }

  get #newest(): Segment {
    return this.#segments.newest;
  }

  #beginSegment(): void {
    const segment = this.#segments.at(this.#size);
    const fd = openForLog(segment.path);
    this.#dropEmptyHeader();
    const open = STREAMS.filter((stream) => this.#isInLine(stream));
    closeSync(this.#fd);
    this.#fd = fd;
    this.#segments.add(segment);
    this.#ends = {};
    for (const stream of open) this.#markOpen(stream);
    this.#markerBytes = open.length * HEADER_BYTES;
  }

  #markOpen(stream: OutputStream): void {
    this.#fillHeader(0, stream, Date.now());
    this.#header.writeUInt8(1, 5);
    writeAll(this.#fd, this.#header, this.#size - this.#newest.start);
    this.#size += HEADER_BYTES;
    this.#ends[stream] = 0;
  }

  /** Whether the last line of a stream has no end yet. */
  #isInLine(stream: OutputStream): boolean {
    const end = this.#ends[stream];
    if (!end) return end === 0;
    const last = Buffer.alloc(1);
    return readSync(this.#fd, last, 0, 1, end - 1) === 1 && last[0] !== NEWLINE;
  }
}

function openForLog(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_CREAT, 0o640);
}

const SPLICE_F_MOVE = 1;
const SPLICE_F_NONBLOCK = 2;

function spliceInto(file: number, offset: number, pipe: number, most: number): number {
  const flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
  return check(libc().splice(pipe, null, file, [offset], most, flags), 'splice', 'log');
}

function writeAll(fd: number, data: Uint8Array, offset: number): void {
  for (let written = 0; written < data.length; ) {
    written += writeSync(fd, data, written, data.length - written, offset + written);
  }
}

/** The process that closes a large removed file last frees its blocks, which takes a while: not in the event loop. */
export function closeInBackground(fd: number): void {
  close(fd, () => {});
}
