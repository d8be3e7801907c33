import { setTimeout as sleep } from 'node:timers/promises';
import { LogReader, type RecordSink } from '../logs/index.js';

const POLL_MS = 50;

interface ReadOptions {
  /** Offset of a record; absent: the beginning. */
  readonly from?: number;
  readonly mayGrow?: () => boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies a log to a sink, at the sink's pace. While `mayGrow` is true because another process writes the log, it waits
 * for more. A log that does not exist is empty.
 */
export async function copyLog(
  path: string,
  sink: RecordSink,
  { from = 0, mayGrow = () => false, signal }: ReadOptions = {},
): Promise<void> {
  const reader = new LogReader(path, from, true);
  try {
    while (!signal?.aborted) {
      const isGrowing = mayGrow();
      const records = reader.read();
      for (const record of records) {
        if (signal?.aborted) return;
        await sink(record.stream, record.data, record.time, record);
      }
      if (records.length > 0) continue;
      if (!isGrowing) return;
      await sleep(POLL_MS);
    }
  } finally {
    reader.close();
  }
}
