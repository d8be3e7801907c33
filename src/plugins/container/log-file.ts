import {
  close,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
  writevSync,
} from 'node:fs';
import type { OutputSink, OutputStream } from './contracts.js';

/**
 * A container's log: records of a 16-byte header (length u32, stream u8, three zero bytes, milliseconds since 1970
 * f64; little-endian) and the bytes as they came. Exact for any output, and cheap: one system call a chunk.
 */
const HEADER_BYTES = 16;
const READ_BYTES = 1 << 20;
/** No record is longer than the largest read of a pipe. What says otherwise is damage. */
const MAX_DATA_BYTES = 1 << 20;
const STREAMS: readonly OutputStream[] = ['stdout', 'stderr'];

export interface LogRecord {
  readonly stream: OutputStream;
  readonly time: number;
  readonly data: Uint8Array;
}

export class LogWriter {
  readonly #fd: number;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #size: number;

  constructor(path: string) {
    this.#fd = openSync(path, 'a', 0o640);
    this.#size = fstatSync(this.#fd).size;
  }

  /** Where the next record will begin. */
  get size(): number {
    return this.#size;
  }

  /** @throws the system's error when the disk is full; the log then ends where it did before. */
  append(stream: OutputStream, data: Uint8Array, time: number): void {
    this.#header.writeUInt32LE(data.length, 0);
    this.#header.writeUInt8(STREAMS.indexOf(stream), 4);
    this.#header.writeDoubleLE(time, 8);
    try {
      for (let parts: Uint8Array[] = [this.#header, data]; parts.length > 0; ) {
        parts = rest(parts, writevSync(this.#fd, parts));
      }
    } catch (error) {
      ftruncateSync(this.#fd, this.#size);
      throw error;
    }
    this.#size += HEADER_BYTES + data.length;
  }

  close(): void {
    closeLater(this.#fd);
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

/** Reads whole records from a log that may still grow. A record cut short at the end is not there yet. */
export class LogReader {
  readonly #fd: number;
  #position: number;

  constructor(path: string, position = 0) {
    this.#fd = openSync(path, 'r');
    this.#position = position;
  }

  /** Where the next unread record begins. */
  get position(): number {
    return this.#position;
  }

  /** The next records, about 1 MiB of them; none at the end of the log. The data is the caller's to keep. */
  read(): LogRecord[] {
    let wanted = READ_BYTES;
    for (;;) {
      const buffer = Buffer.allocUnsafe(wanted);
      const length = readSync(this.#fd, buffer, 0, wanted, this.#position);
      const { records, used } = parse(buffer.subarray(0, length));
      this.#position += used;
      if (records.length > 0 || length < wanted || wanted > READ_BYTES) return records;
      wanted = HEADER_BYTES + MAX_DATA_BYTES;
    }
  }

  skipTo(position: number): void {
    this.#position = position;
  }

  close(): void {
    closeLater(this.#fd);
  }
}

/** Whoever closes a large file last after it was removed frees its blocks, which takes a while: not in the event loop. */
function closeLater(fd: number): void {
  close(fd, () => {});
}

function parse(buffer: Buffer): { records: LogRecord[]; used: number } {
  const records: LogRecord[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= buffer.length) {
    const length = buffer.readUInt32LE(at);
    const end = at + HEADER_BYTES + length;
    if (end > buffer.length) break;
    const stream = STREAMS[buffer.readUInt8(at + 4)] ?? 'stdout';
    records.push({ stream, time: buffer.readDoubleLE(at + 8), data: buffer.subarray(at + HEADER_BYTES, end) });
    at = end;
  }
  return { records, used: at };
}

/** Takes off what an engine that was killed while it wrote left behind the last whole record. */
export function repairLog(path: string): void {
  if (!existsSync(path)) return;
  const reader = new LogReader(path);
  while (reader.read().length > 0);
  reader.close();
  if (statSync(path).size > reader.position) truncateSync(path, reader.position);
}

const WATCH_INTERVAL_MS = 50;

/**
 * Gives a log to a sink, at the sink's pace. While `grows` says that another process writes it, waits for more. A log
 * that is not there is empty.
 */
export async function readLog(
  path: string,
  sink: OutputSink,
  { grows = () => false, signal }: { readonly grows?: () => boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  if (!existsSync(path)) return;
  const reader = new LogReader(path);
  try {
    while (!signal?.aborted) {
      const mayGrow = grows();
      const records = reader.read();
      for (const { stream, data, time } of records) {
        if (signal?.aborted) return;
        await sink(stream, data, time);
      }
      if (records.length > 0) continue;
      if (!mayGrow) return;
      await new Promise((resolve) => setTimeout(resolve, WATCH_INTERVAL_MS));
    }
  } finally {
    reader.close();
  }
}
