import type { LogOptions, OutputSink } from '../contracts/index.js';

const MAX_TIMER_MS = 2 ** 31 - 1;

/** A part of a log by time: lines that began before `since` are left out, and so is all that comes after one that began after `until`. */
export class TimeRange implements Disposable {
  readonly #over = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly sink: OutputSink;
  /** Aborts at the end of the time range, and when the caller's signal does. */
  readonly signal: AbortSignal;

  constructor(sink: OutputSink, { since, until, follow, signal }: LogOptions) {
    this.signal = signal ? AbortSignal.any([signal, this.#over.signal]) : this.#over.signal;
    this.sink = since === undefined && until === undefined ? sink : this.#within(sink, since ?? 0, until);
    if (follow && until !== undefined) {
      const left = Math.min(Math.max(0, until - Date.now()), MAX_TIMER_MS);
      this.#timer = setTimeout(() => this.#over.abort(), left);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #within(sink: OutputSink, since: number, until = Number.POSITIVE_INFINITY): OutputSink {
    return (stream, chunk, time) => {
      if (time > until) {
        this.#over.abort();
        return undefined;
      }
      return time < since ? undefined : sink(stream, chunk, time);
    };
  }
}
