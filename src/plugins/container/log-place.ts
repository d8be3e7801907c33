import type { OutputStream } from './contracts.js';
import { HEADER_BYTES } from './log-file.js';
import { LOG_START, type LogPlace, LogReader } from './log-reader.js';
import { segmentsOf } from './log-segments.js';

const NEWLINE = 0x0a;

/** Where the last lines of a log begin. Reads from its end, and no more than it has to. */
export function placeOfTail(log: string, lines: number): LogPlace {
  if (lines === 0) return { position: endOf(log), skip: 0 };
  const isFollowed: Partial<Record<OutputStream, boolean>> = {};
  let count = 0;
  for (const { position, stream, data } of recordsBackwards(log)) {
    for (let at = data.lastIndexOf(NEWLINE); at >= 0; at = at > 0 ? data.lastIndexOf(NEWLINE, at - 1) : -1) {
      const beginsLine = at < data.length - 1 || isFollowed[stream];
      if (beginsLine && ++count === lines) return { position, skip: at + 1 };
      isFollowed[stream] = true;
    }
    if (data.length > 0) isFollowed[stream] = true;
  }
  return LOG_START;
}

interface PlacedRecord {
  readonly position: number;
  readonly stream: OutputStream;
  readonly data: Buffer;
}

function* recordsBackwards(log: string): Generator<PlacedRecord> {
  let end = Number.POSITIVE_INFINITY;
  for (const { start } of segmentsOf(log).reverse()) {
    yield* recordsBetween(log, start, end).reverse();
    end = start;
  }
}

function recordsBetween(log: string, start: number, end: number): PlacedRecord[] {
  const reader = new LogReader(log, start);
  const found: PlacedRecord[] = [];
  let position = Math.max(start, reader.position);
  while (position < end) {
    const records = reader.read();
    if (records.length === 0) break;
    for (const { stream, data } of records) {
      if (position < end) found.push({ position, stream, data: data as Buffer });
      position += HEADER_BYTES + data.length;
    }
  }
  reader.close();
  return found;
}

function endOf(log: string): number {
  const newest = segmentsOf(log).at(-1);
  if (!newest) return 0;
  const reader = new LogReader(log, newest.start);
  while (reader.read().length > 0);
  reader.close();
  return reader.position;
}
