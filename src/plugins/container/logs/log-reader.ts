import { fstatSync, openSync, readSync } from 'node:fs';
import { ifThere } from '../../../host/index.js';
import type { OutputStream } from '../contracts/index.js';
import { HEADER_BYTES, type LogRecord, MAX_DATA_BYTES, STREAMS } from './log-record.js';
import { closeInBackground } from './log-writer.js';
import { type Segment, segmentsOf } from './rotation.js';

/** So much is kept for each reader whose client does not read. */
const READ_BYTES = 64 << 10;

/** A record of which a part has been read. */
interface BegunRecord {
  readonly stream: OutputStream;
  readonly time: number;
  /** Offset in the log. */
  readonly end: number;
}

interface OpenSegment {
  readonly start: number;
  readonly fd: number;
}

/**
 * Reads records from a log that may still grow. An incomplete record at the end is not returned. Records that are removed
 * from the beginning meanwhile are skipped; a segment that is open stays until it is read.
 */
export class LogReader {
  #position: number;
  /** Streams of which records are gone, and none was read since. */
  readonly #cut = new Set<OutputStream>();
  #segment: OpenSegment | undefined;
  #held: OpenSegment[] | undefined;
  #begun: BegunRecord | undefined;

  /** @param inParts whether a long record comes as several, each with the offset of a record that begins with its data */
  constructor(
    private readonly path: string,
    position = 0,
    private readonly inParts = false,
  ) {
    this.#position = position;
    this.#openNextSegment();
  }

  /** Where the next unread record begins. */
  get position(): number {
    return this.#position;
  }

  /** Records are gone that this reader has not seen, and what comes after them may not have been read yet. */
  get isAfterGap(): boolean {
    return this.#cut.size > 0;
  }

  /** The next records, about 64 KiB of them; none at the end of the log. The caller may keep the data. */
  read(): LogRecord[] {
    for (;;) {
      const records = this.#readSegment();
      if (records.length > 0) return records;
      // Between the read and this check, more may have come before the next segment was begun.
      if (!this.#hasNext()) return [];
      const last = this.#readSegment();
      if (last.length > 0) return last;
      this.#openNextSegment();
    }
  }

  skipTo(position: number): void {
    this.#begun = undefined;
    this.#position = position;
  }

  /** Call it when nothing more will be appended: opens the remaining segments, which may be removed from now on. */
  holdRest(): void {
    if (this.#held) return;
    const from = this.#segment?.start ?? -1;
    this.#held = segmentsOf(this.path)
      .filter(({ start }) => start > from)
      .flatMap((segment) => openIfThere(segment) ?? []);
  }

  close(): void {
    for (const { fd } of [...(this.#segment ? [this.#segment] : []), ...(this.#held ?? [])]) closeInBackground(fd);
    this.#segment = undefined;
    this.#held = [];
  }

  #readSegment(): LogRecord[] {
    if (!this.#segment) return [];
    if (this.#begun) return [this.#readPart(this.#segment, this.#begun)];
    for (let wanted = READ_BYTES; ; wanted = HEADER_BYTES + MAX_DATA_BYTES) {
      const buffer = Buffer.allocUnsafe(wanted);
      const length = readSync(this.#segment.fd, buffer, 0, wanted, this.#position - this.#segment.start);
      const { records, used } = this.#parse(buffer.subarray(0, length));
      this.#position += used;
      if (records.length > 0 || length < wanted || wanted > READ_BYTES) return records;
      if (this.inParts) return this.#begin(this.#segment, buffer);
    }
  }

  /** The first part of a record that is longer than the buffer; none where not all of it has been written yet. */
  #begin({ fd, start }: OpenSegment, buffer: Buffer): LogRecord[] {
    const end = this.#position + HEADER_BYTES + buffer.readUInt32LE(0);
    if (end - start > fstatSync(fd).size) return [];
    const part = this.#recordIn(buffer, 0, buffer.length);
    this.#begun = { stream: part.stream, time: part.time, end };
    this.#position += buffer.length;
    return [part];
  }

  #readPart({ fd, start }: OpenSegment, { stream, time, end }: BegunRecord): LogRecord {
    const data = Buffer.allocUnsafe(Math.min(READ_BYTES, end - this.#position));
    readSync(fd, data, 0, data.length, this.#position - start);
    const position = this.#position - HEADER_BYTES;
    this.#position += data.length;
    if (this.#position === end) this.#begun = undefined;
    return { stream, time, data, position, isAfterGap: false, isRest: false };
  }

  #parse(buffer: Buffer): { records: LogRecord[]; used: number } {
    const records: LogRecord[] = [];
    let at = 0;
    while (at + HEADER_BYTES <= buffer.length) {
      const end = at + HEADER_BYTES + buffer.readUInt32LE(at);
      if (end > buffer.length) break;
      records.push(this.#recordIn(buffer, at, end));
      at = end;
    }
    return { records, used: at };
  }

  /** @param at offset in the buffer, which begins at the reader's position */
  #recordIn(buffer: Buffer, at: number, end: number): LogRecord {
    const stream = STREAMS[buffer.readUInt8(at + 4)] ?? 'stdout';
    const isAfterGap = this.#cut.delete(stream);
    return {
      stream,
      time: buffer.readDoubleLE(at + 8),
      data: buffer.subarray(at + HEADER_BYTES, end),
      position: this.#position + at,
      isAfterGap,
      isRest: isAfterGap && buffer.readUInt8(at + 5) === 1,
    };
  }

  #hasNext(): boolean {
    if (this.#held) return this.#held.length > 0;
    const newest = segmentsOf(this.path).at(-1);
    return newest !== undefined && (!this.#segment || newest.start > this.#segment.start);
  }

  /** Opens the segment of the position, or, where that was removed, the oldest one after it. */
  #openNextSegment(): void {
    const next = this.#held ? this.#held.shift() : this.#findNext();
    if (!next) return;
    if (this.#segment) closeInBackground(this.#segment.fd);
    this.#segment = next;
    if (this.#position >= next.start) return;
    this.#position = next.start;
    for (const stream of STREAMS) this.#cut.add(stream);
  }

  #findNext(): OpenSegment | undefined {
    const from = this.#segment?.start ?? -1;
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
  return ifThere(() => ({ start, fd: openSync(path, 'r') }));
}
