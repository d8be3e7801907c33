import { setTimeout as sleep } from 'node:timers/promises';
import type { OutputSink } from '../contracts/index.js';
import { LOG_START, type LogOffset, LogReader } from './log-reader.js';

const POLL_MS = 50;

interface ReadOptions {
  readonly from?: LogOffset;
  readonly mayGrow?: () => boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies a log to a sink, at the sink's pace. While `mayGrow` is true because another process writes the log, it waits
 * for more. A log that does not exist is empty.
 */
export async function copyLog(
  path: string,
  sink: OutputSink,
  { from = LOG_START, mayGrow = () => false, signal }: ReadOptions = {},
): Promise<void> {
  const reader = new LogReader(path, from.position, from.skip);
  try {
    while (!signal?.aborted) {
      const isGrowing = mayGrow();
      const records = reader.read();
      for (const { stream, data, time } of records) {
        if (signal?.aborted) return;
        await sink(stream, data, time);
      }
      if (records.length > 0) continue;
      if (!isGrowing) return;
      await sleep(POLL_MS);
    }
  } finally {
    reader.close();
  }
}
