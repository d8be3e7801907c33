import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutputSink } from '../contracts/index.js';
import { lastError, numberIn } from '../host/index.js';

const POLL_MS = 5;

/**
 * A sink that takes nothing until the program runs, and nothing at all where it never does: a runtime that cannot start
 * it writes the reason into its output and into its log, and the client would see it twice.
 * @param folder in which the runtime writes the program's pid, and its log
 */
export function holdUntilStarted(sink: OutputSink, child: ChildProcess, folder: string): OutputSink {
  let isStarted = false;
  const look = (): boolean => {
    isStarted ||= numberIn(join(folder, 'pid')) !== undefined;
    return isStarted;
  };
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const started = async (): Promise<boolean> => {
    while (!look() && !hasExited()) await sleep(POLL_MS);
    return look() || lastError(join(folder, 'runtime.log')) === undefined;
  };
  return (stream, chunk, time) =>
    look() ? sink(stream, chunk, time) : started().then((runs) => (runs ? sink(stream, chunk, time) : undefined));
}
