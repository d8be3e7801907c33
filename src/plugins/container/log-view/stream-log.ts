import type { LogOptions, OutputSink } from '../contracts/index.js';
import type { OutputPump } from '../logs/index.js';
import { copyLog } from './copy-log.js';
import { everythingFrom, findTail } from './tail-offset.js';
import { TimeRange } from './time-range.js';
import { WholeLines } from './whole-lines.js';

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
  const { follow, tail, waitsForLines = false } = options;
  const { position, from } = tail === undefined ? everythingFrom(0) : findTail(log, tail);
  using range = new TimeRange(sink, options);
  using lines = new WholeLines(range.sink, from, waitsForLines);
  if (!follow || !output) {
    const mayGrow = (): boolean => follow && isActive();
    await copyLog(log, lines.sink, { from: position, mayGrow, signal: range.signal });
  } else {
    const follower = output.follow(lines.sink, { from: position });
    if (range.signal.aborted) follower.stop();
    else range.signal.addEventListener('abort', () => follower.stop(), { once: true });
    await follower.done;
  }
  await lines.end();
}
