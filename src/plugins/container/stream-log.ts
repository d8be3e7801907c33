import type { LogOptions, OutputSink } from './contracts.js';
import { LOG_START, readLog } from './log-reader.js';
import type { OutputPump } from './output-pump.js';
import { aborted } from './stop-signal.js';
import { findTail } from './tail-offset.js';
import { TimeRange } from './time-range.js';

interface LogSource {
  readonly log: string;
  /** Of the run that this process reads, which knows at once of what comes. */
  readonly output: OutputPump | undefined;
  isActive(): boolean;
}

/** Resolves when the sink has been given what was asked for. */
export async function streamLog(
  { log, output, isActive }: LogSource,
  sink: OutputSink,
  options: LogOptions,
): Promise<void> {
  const { follow, tail } = options;
  const from = tail === undefined ? LOG_START : findTail(log, tail);
  using period = new TimeRange(sink, options);
  if (!follow || !output) {
    return await readLog(log, period.sink, { from, mayGrow: () => follow && isActive(), signal: period.signal });
  }
  const follower = output.follow(period.sink, { from });
  void aborted(period.signal).then(() => follower.stop());
  await follower.done;
}
