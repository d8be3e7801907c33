import { close, closeSync, fstatSync, ftruncateSync, openSync, rmSync, writevSync } from 'node:fs';
import type { OutputStream } from './contracts.js';
import { type LogLimits, type Segment, segmentAt, segmentsOf } from './log-segments.js';

/**
 * A container's log: records of a 16-byte header (length u32, stream u8, three zero bytes, milliseconds since 1970
 * f64; little-endian) and the bytes as they came. Exact for any output, and cheap: one system call a chunk. It lies in
 * several files, whose oldest is removed when there are too many.
 */
export const HEADER_BYTES = 16;
/** No record is longer than the largest read of a pipe. What says otherwise is damage. */
export const MAX_DATA_BYTES = 1 << 20;
export const STREAMS: readonly OutputStream[] = ['stdout', 'stderr'];

export interface LogRecord {
  readonly stream: OutputStream;
  readonly time: number;
  readonly data: Uint8Array;
}

export class LogWriter {
  readonly #header = Buffer.alloc(HEADER_BYTES);
  readonly #segments: Segment[];
  #fd: number;
  #size: number;

  constructor(
    private readonly path: string,
    private readonly limits: LogLimits,
  ) {
    this.#segments = segmentsOf(path);
    if (this.#segments.length === 0) this.#segments.push(segmentAt(path, 0));
    this.#fd = openSync(this.#newest.path, 'a', 0o640);
    this.#size = this.#newest.start + fstatSync(this.#fd).size;
  }

  /** Where the next record will begin. */
  get size(): number {
    return this.#size;
  }

  /** @throws the system's error when the disk is full; the log then ends where it did before. */
  append(stream: OutputStream, data: Uint8Array, time: number): void {
    const length = HEADER_BYTES + data.length;
    const filled = this.#size - this.#newest.start;
    if (filled > 0 && filled + length > this.limits.segmentBytes) this.#beginSegment();
    this.#header.writeUInt32LE(data.length, 0);
    this.#header.writeUInt8(STREAMS.indexOf(stream), 4);
    this.#header.writeDoubleLE(time, 8);
    try {
      for (let parts: Uint8Array[] = [this.#header, data]; parts.length > 0; ) {
        parts = rest(parts, writevSync(this.#fd, parts));
      }
    } catch (error) {
      ftruncateSync(this.#fd, this.#size - this.#newest.start);
      throw error;
    }
    this.#size += length;
  }

  /**
   * Removes what is more than the log may keep, but for what somebody who is at `needed` has still to read.
   * @returns false where that held it up
   */
  prune(needed: number): boolean {
    while (this.#segments.length > this.limits.maxSegments) {
      const [oldest, next] = this.#segments;
      if (!oldest || !next || needed < next.start) return false;
      rmSync(oldest.path, { force: true });
      this.#segments.shift();
    }
    return true;
  }

  close(): void {
    closeLater(this.#fd);
  }

  get #newest(): Segment {
    return this.#segments.at(-1) ?? segmentAt(this.path, 0);
  }

  #beginSegment(): void {
    const segment = segmentAt(this.path, this.#size);
    const fd = openSync(segment.path, 'a', 0o640);
    closeSync(this.#fd);
    this.#fd = fd;
    this.#segments.push(segment);
  }
}

function rest(parts: readonly Uint8Array[], written: number): Uint8Array[] {
  const left: Uint8Array[] = [];
  for (const part of parts) {
    if (written < part.length) left.push(part.subarray(written));
    written = Math.max(0, written - part.length);
  }
  return left;
}

/** Whoever closes a large file last after it was removed frees its blocks, which takes a while: not in the event loop. */
export function closeLater(fd: number): void {
  close(fd, () => {});
}
