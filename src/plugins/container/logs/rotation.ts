import { rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { namesIn } from '../../../host/index.js';
import { type ContainerConfig, DEFAULT_LOG } from '../contracts/index.js';

/**
 * A part of a log, in a file of its own: `<log>.<start>`, where `start` is the offset of its first byte in the whole
 * log.
 */
export interface Segment {
  readonly path: string;
  readonly start: number;
}

export interface LogLimits {
  /** Size at which a new segment is begun. */
  readonly segmentBytes: number;
  /** At least 2: the oldest is removed when there are more. */
  readonly maxSegments: number;
  /** Whether the program waits where the log is full with bytes that an attached client has not read; else those are lost. */
  readonly waitsForReaders: boolean;
}

/** Buffer of attached clients for output that is not stored. */
const UNSAVED_LOG = { maxSize: 8_000_000, maxFiles: 2 };
/** Limits the time that a daemon needs to read the last segment when it adopts a run. */
const MAX_SEGMENT_BYTES = 16_000_000;

export function logLimits({ log }: Pick<ContainerConfig, 'log'>): LogLimits {
  const { maxSize, maxFiles } = log?.driver === 'none' ? UNSAVED_LOG : (log ?? DEFAULT_LOG);
  const segmentBytes = Math.min(maxSize, MAX_SEGMENT_BYTES);
  const maxSegments = Math.max(2, Math.ceil((maxSize * maxFiles) / segmentBytes));
  return { segmentBytes, maxSegments, waitsForReaders: log?.options?.['mode'] !== 'non-blocking' };
}

/** The segments of a log, oldest first; none where there is no log. */
export function segmentsOf(log: string): Segment[] {
  const prefix = `${basename(log)}.`;
  return namesIn(dirname(log))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => segmentAt(log, Number(name.slice(prefix.length))))
    .sort((one, other) => one.start - other.start);
}

function segmentAt(log: string, start: number): Segment {
  return { path: `${log}.${start}`, start };
}

/** The segments of a log that is being written; removes the oldest when there are too many. */
export class LogSegments {
  readonly #segments: Segment[];

  constructor(
    private readonly log: string,
    private readonly limits: LogLimits,
  ) {
    this.#segments = segmentsOf(log);
    if (this.#segments.length === 0) this.#segments.push(segmentAt(log, 0));
  }

  get newest(): Segment {
    return this.#segments.at(-1) ?? segmentAt(this.log, 0);
  }

  /** The segment that begins at an offset; `add` it when its file is open. */
  at(start: number): Segment {
    return segmentAt(this.log, start);
  }

  add(segment: Segment): void {
    this.#segments.push(segment);
  }

  /**
   * Removes the oldest segments beyond the limit. A reader at `needed` has not read the rest of the log yet.
   * @returns false where that reader prevents it
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
}
