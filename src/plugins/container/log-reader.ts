import { openSync, readSync, truncateSync } from 'node:fs';
import type { OutputSink } from './contracts.js';
import { closeLater, HEADER_BYTES, type LogRecord, MAX_DATA_BYTES, STREAMS } from './log-file.js';
import { type Segment, segmentsOf } from './log-segments.js';

const READ_BYTES = 1 << 20;

/** A place in a log: of a record, and of a byte in it. */
export interface LogPlace {
  readonly position: number;
  /** Bytes of the record's data before it. */
  readonly skip: number;
}

export const LOG_START: LogPlace = { position: 0, skip: 0 };

interface OpenSegment {
  readonly start: number;
  readonly fd: number;
}

/**
 * Reads whole records from a log that may still grow. A record cut short at the end is not there yet. What was removed
 * from its beginning meanwhile is passed over; a file that is being read stays until it is read.
 */
export class LogReader {
  #position: number;
  #skip: number;
  #here: OpenSegment | undefined;
  #held: OpenSegment[] | undefined;

  constructor(
    private readonly path: string,
    position = 0,
    skip = 0,
  ) {
    this.#position = position;
    this.#skip = skip;
    this.#move();
  }

  /** Where the next unread record begins. */
  get position(): number {
    return this.#position;
  }

  /** The next records, about 1 MiB of them; none at the end of the log. The data is the caller's to keep. */
  read(): LogRecord[] {
    for (;;) {
      const records = this.#readHere();
      if (records.length > 0) return this.#cut(records);
      // Between the read and the look, more may have come before the next file was begun.
      if (!this.#hasNext()) return [];
      const last = this.#readHere();
      if (last.length > 0) return this.#cut(last);
      this.#move();
    }
  }

  skipTo(position: number): void {
    this.#position = position;
    this.#skip = 0;
  }

  /** Nothing will be appended: takes hold of all that is left, which may be removed from now on. */
  holdRest(): void {
    if (this.#held) return;
    const from = this.#here?.start ?? -1;
    this.#held = segmentsOf(this.path)
      .filter(({ start }) => start > from)
      .flatMap((segment) => openIfThere(segment) ?? []);
  }

  close(): void {
    for (const { fd } of [...(this.#here ? [this.#here] : []), ...(this.#held ?? [])]) closeLater(fd);
    this.#here = undefined;
    this.#held = [];
  }

  #readHere(): LogRecord[] {
    if (!this.#here) return [];
    for (let wanted = READ_BYTES; ; wanted = HEADER_BYTES + MAX_DATA_BYTES) {
      const buffer = Buffer.allocUnsafe(wanted);
      const length = readSync(this.#here.fd, buffer, 0, wanted, this.#position - this.#here.start);
      const { records, used } = parse(buffer.subarray(0, length));
      this.#position += used;
      if (records.length > 0 || length < wanted || wanted > READ_BYTES) return records;
    }
  }

  #cut(records: LogRecord[]): LogRecord[] {
    const [first, ...others] = records;
    if (this.#skip === 0 || !first) return records;
    const data = first.data.subarray(this.#skip);
    this.#skip = 0;
    return [{ ...first, data }, ...others];
  }

  #hasNext(): boolean {
    if (this.#held) return this.#held.length > 0;
    const newest = segmentsOf(this.path).at(-1);
    return newest !== undefined && (!this.#here || newest.start > this.#here.start);
  }

  /** To the file in which the position is; where that is gone, to the oldest after it. */
  #move(): void {
    const next = this.#held ? this.#held.shift() : this.#openNext();
    if (!next) return;
    if (this.#here) closeLater(this.#here.fd);
    this.#here = next;
    if (this.#position >= next.start) return;
    this.#position = next.start;
    this.#skip = 0;
  }

  #openNext(): OpenSegment | undefined {
    const from = this.#here?.start ?? -1;
    for (;;) {
      const later = segmentsOf(this.path).filter(({ start }) => start > from);
      const segment = later.findLast(({ start }) => start <= this.#position) ?? later[0];
      if (!segment) return undefined;
      const open = openIfThere(segment);
      if (open) return open;
    }
  }
}

function openIfThere({ path, start }: Segment): OpenSegment | undefined {
  try {
    return { start, fd: openSync(path, 'r') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
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

const WATCH_INTERVAL_MS = 50;

export interface ReadOptions {
  readonly from?: LogPlace;
  readonly grows?: () => boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives a log to a sink, at the sink's pace. While `grows` says that another process writes it, waits for more. A log
 * that is not there is empty.
 */
export async function readLog(
  path: string,
  sink: OutputSink,
  { from = LOG_START, grows = () => false, signal }: ReadOptions = {},
): Promise<void> {
  const reader = new LogReader(path, from.position, from.skip);
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

/** Takes off what an engine that was killed while it wrote left behind the last whole record. Only the last file can have it. */
export function repairLog(path: string): void {
  const newest = segmentsOf(path).at(-1);
  if (!newest) return;
  const reader = new LogReader(path, newest.start);
  while (reader.read().length > 0);
  truncateSync(newest.path, reader.position - newest.start);
  reader.close();
}
