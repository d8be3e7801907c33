import type { LogOptions, OutputSink } from './contracts.js';
import { aborted } from './ending.js';
import { LogPeriod } from './log-period.js';
import { placeOfTail } from './log-place.js';
import { LOG_START, readLog } from './log-reader.js';
import type { Output } from './output.js';

interface LogSource {
  readonly log: string;
  /** Of the run that this process reads, which knows at once of what comes. */
  readonly output: Output | undefined;
  isLive(): boolean;
}

/** Resolves when the sink has been given what was asked for. */
export async function giveLog(
  { log, output, isLive }: LogSource,
  sink: OutputSink,
  options: LogOptions,
): Promise<void> {
  const { follow, tail } = options;
  const from = tail === undefined ? LOG_START : placeOfTail(log, tail);
  using period = new LogPeriod(sink, options);
  if (!follow || !output) {
    return await readLog(log, period.sink, { from, grows: () => follow && isLive(), signal: period.over });
  }
  const follower = output.follow(period.sink, { from });
  void aborted(period.over).then(() => follower.stop());
  await follower.done;
}
