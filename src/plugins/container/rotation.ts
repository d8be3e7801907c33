import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { ContainerConfig } from './contracts.js';

/** A part of a log, in a file of its own: `<log>.<start>`, where `start` is the place of its first byte in the whole log. */
export interface Segment {
  readonly path: string;
  readonly start: number;
}

export interface LogLimits {
  /** Bytes after which a new segment is begun. */
  readonly segmentBytes: number;
  /** At least 2: the oldest goes when there are more. */
  readonly maxSegments: number;
}

/** What a container's log may take on disk where nobody said: 100 MB. */
export const DEFAULT_LOG = { maxSize: 20_000_000, maxFiles: 5 };
/** What attached clients need to be told of output that nobody wants to keep. */
const UNSAVED_LOG = { maxSize: 8_000_000, maxFiles: 2 };
/** So that the last one is quickly read when a daemon takes a container over. */
const MAX_SEGMENT_BYTES = 16_000_000;

export function logLimits({ log }: Pick<ContainerConfig, 'log'>): LogLimits {
  const { maxSize, maxFiles } = log?.driver === 'none' ? UNSAVED_LOG : (log ?? DEFAULT_LOG);
  const segmentBytes = Math.min(maxSize, MAX_SEGMENT_BYTES);
  return { segmentBytes, maxSegments: Math.max(2, Math.ceil((maxSize * maxFiles) / segmentBytes)) };
}

/** The segments of a log, oldest first; none where there is no log. */
export function segmentsOf(log: string): Segment[] {
  const prefix = `${basename(log)}.`;
  return namesIn(dirname(log))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => segmentAt(log, Number(name.slice(prefix.length))))
    .sort((one, other) => one.start - other.start);
}

export function segmentAt(log: string, start: number): Segment {
  return { path: `${log}.${start}`, start };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
