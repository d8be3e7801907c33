import type { Events } from '../../system/index.js';
import type { Runtime, StopOptions } from '../contracts/index.js';
import { recordEvent } from '../records/index.js';
import { unlessRunning } from './unless-running.js';

/**
 * Stops a container if it runs, and starts it. Where this process ends in between, a later daemon starts it.
 * @param seconds the stop timeout; absent: the container's own; negative: none
 */
export async function restartContainer(
  runtime: Pick<Runtime, 'get' | 'stop' | 'start'>,
  events: Pick<Events, 'emit'>,
  reference: string,
  seconds?: number,
  options: StopOptions = {},
): Promise<void> {
  const container = runtime.get(reference);
  await runtime.stop(container.id, seconds, { ...options, restarts: true });
  await unlessRunning(runtime, container.id, options);
  recordEvent(events, container, 'restart');
}
