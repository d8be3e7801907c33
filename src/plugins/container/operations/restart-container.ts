import type { Events } from '../../system/index.js';
import type { Runtime } from '../contracts/index.js';
import { recordEvent } from '../records/index.js';

/** Stops a container that runs, and starts it. @param seconds of grace, the container's own unless told; negative: without end */
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
