import type { OutputStream } from '../contracts/index.js';
import { LOG_START, type LogOffset, LogReader } from './log-reader.js';
import { HEADER_BYTES } from './log-record.js';
import { segmentsOf } from './rotation.js';

const NEWLINE = 0x0a;

/** Finds where the last lines of a log begin. Reads from its end, and no more than necessary. */
export function findTail(log: string, lines: number): LogOffset {
  if (lines === 0) return { position: endOfLog(log), skip: 0 };
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

interface OffsetRecord {
  readonly position: number;
  readonly stream: OutputStream;
  readonly data: Buffer;
}

function* recordsBackwards(log: string): Generator<OffsetRecord> {
  let end = Number.POSITIVE_INFINITY;
  for (const { start } of segmentsOf(log).reverse()) {
    yield* recordsBetween(log, start, end).reverse();
    end = start;
  }
}

function recordsBetween(log: string, start: number, end: number): OffsetRecord[] {
  const reader = new LogReader(log, start);
  const found: OffsetRecord[] = [];
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

function endOfLog(log: string): number {
  const newest = segmentsOf(log).at(-1);
  if (!newest) return 0;
  const reader = new LogReader(log, newest.start);
  while (reader.read().length > 0);
  reader.close();
  return reader.position;
}
