import type { OutputStream } from '../contracts/index.js';
import { HEADER_BYTES, LogReader, type LogRecord, STREAMS, segmentsOf } from '../logs/index.js';

const NEWLINE = 0x0a;

/** Where a part of a log begins: streams are mixed in it, and the first wanted line of each begins somewhere else. */
export interface LogStart {
  /** Of the first record to read. */
  readonly position: number;
  /** Offset in the log of the first byte that is wanted of a stream. */
  readonly from: Readonly<Record<OutputStream, number>>;
}

/**
 * Finds where the last lines of a log begin. Lines count in the order in which they end, as they are printed; a line
 * without an end is the last. Reads from the log's end, and no more than necessary.
 */
export function findTail(log: string, lines: number): LogStart {
  if (lines === 0) return everythingFrom(endOfLog(log));
  const tails: Record<OutputStream, StreamTail> = { stdout: new StreamTail(), stderr: new StreamTail() };
  const startAt = (position: number): LogStart => {
    return { position, from: { stdout: tails.stdout.start ?? position, stderr: tails.stderr.start ?? position } };
  };
  let left = lines;
  const takeLine = (): boolean => left > 0 && left-- > 0;
  let end = Number.POSITIVE_INFINITY;
  for (const { start } of segmentsOf(log).reverse()) {
    const records = recordsBetween(log, start, end);
    if (end === Number.POSITIVE_INFINITY) for (const stream of STREAMS) tails[stream].begin(records, stream, takeLine);
    for (const record of records.reverse()) {
      tails[record.stream].add(record, takeLine);
      if (left === 0 && !STREAMS.some((stream) => tails[stream].isInLine)) return startAt(record.position);
    }
    end = start;
  }
  return startAt(0);
}

export function everythingFrom(position: number): LogStart {
  return { position, from: { stdout: position, stderr: position } };
}

/** One stream of a log, read from its end. */
class StreamTail {
  /** Of its first wanted line; undefined where that is not found yet. */
  start: number | undefined;
  #isInLine = false;

  /** It is in a wanted line, whose beginning is not found yet. */
  get isInLine(): boolean {
    return this.#isInLine;
  }

  /** Takes its last line where that has no end. @param takeLine counts a line of whichever stream; false: all are found */
  begin(newest: readonly LogRecord[], stream: OutputStream, takeLine: () => boolean): void {
    const last = newest.findLast((record) => record.stream === stream && record.data.length > 0);
    if (!last || last.data.at(-1) === NEWLINE) return;
    this.#lineEnds(last.position + HEADER_BYTES + last.data.length, takeLine);
  }

  /** Takes the lines that end in a record. */
  add({ position, data }: LogRecord, takeLine: () => boolean): void {
    const offset = position + HEADER_BYTES;
    for (let at = data.lastIndexOf(NEWLINE); at >= 0; at = at > 0 ? data.lastIndexOf(NEWLINE, at - 1) : -1) {
      this.#lineEnds(offset + at + 1, takeLine);
    }
  }

  /** A line ends before this offset, and another one may begin there. */
  #lineEnds(offset: number, takeLine: () => boolean): void {
    if (this.start !== undefined) return;
    this.#isInLine = takeLine();
    if (!this.#isInLine) this.start = offset;
  }
}

function recordsBetween(log: string, start: number, end: number): LogRecord[] {
  const reader = new LogReader(log, start);
  const found: LogRecord[] = [];
  for (let records = reader.read(); (records[0]?.position ?? end) < end; records = reader.read()) {
    for (const record of records) found.push(record);
  }
  reader.close();
  return found;
}

function endOfLog(log: string): number {
  const newest = segmentsOf(log).at(-1);
  if (!newest) return 0;
  const reader = new LogReader(log, newest.start);
  while (reader.read().length > 0);
  reader.close();
  return reader.position;
}
