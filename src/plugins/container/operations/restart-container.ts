import type { Events } from '../../system/index.js';
import type { Runtime } from '../contracts/index.js';
import { recordEvent } from '../records/index.js';

/**
 * Stops a container if it runs, and starts it.
 * @param seconds the stop timeout; absent: the container's own; negative: none
 */
export async function restartContainer(
  runtime: Pick<Runtime, 'get' | 'stop' | 'start'>,
  events: Pick<Events, 'emit'>,
  reference: string,
  seconds?: number,
): Promise<void> {
  const container = runtime.get(reference);
  await runtime.stop(container.id, seconds);
  await runtime.start(container.id);
  recordEvent(events, container, 'restart');
}
