import type { LogOptions, OutputSink } from '../contracts/index.js';
import { copyLog } from './copy-log.js';
import { LOG_START } from './log-reader.js';
import type { OutputPump } from './output-pump.js';
import { findTail } from './tail-offset.js';
import { TimeRange } from './time-range.js';

interface LogSource {
  readonly log: string;
  /** Output of the run, if this process owns it: it reports new records at once. */
  readonly output: OutputPump | undefined;
  isActive(): boolean;
}

/** Resolves when the sink has received everything that was asked for. */
export async function streamLog(
  { log, output, isActive }: LogSource,
  sink: OutputSink,
  options: LogOptions,
): Promise<void> {
  const { follow, tail } = options;
  const from = tail === undefined ? LOG_START : findTail(log, tail);
  using range = new TimeRange(sink, options);
  if (!follow || !output) {
    return await copyLog(log, range.sink, { from, mayGrow: () => follow && isActive(), signal: range.signal });
  }
  const follower = output.follow(range.sink, { from });
  if (range.signal.aborted) follower.stop();
  else range.signal.addEventListener('abort', () => follower.stop(), { once: true });
  await follower.done;
}
