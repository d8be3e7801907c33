import { isKind } from '../../../kernel/index.js';
import type { Events } from '../../system/index.js';
import { type Caller, isActive, type Runtime } from '../contracts/index.js';
import { recordEvent } from '../records/index.js';

/**
 * Stops a container if it runs, and starts it. Where this process ends in between, a later daemon starts it.
 * @param seconds the stop timeout; absent: the container's own; negative: none
 */
export async function restartContainer(
  runtime: Pick<Runtime, 'get' | 'stop' | 'start'>,
  events: Pick<Events, 'emit'>,
  reference: string,
  seconds?: number,
  caller: Caller = {},
): Promise<void> {
  const container = runtime.get(reference);
  await runtime.stop(container.id, seconds, { ...caller, restarts: true });
  await ensureStarted(runtime, container.id, caller);
  recordEvent(events, container, 'restart');
}

/** Starts a container, unless it runs: another call may have started it meanwhile. */
export async function ensureStarted(
  runtime: Pick<Runtime, 'get' | 'start'>,
  id: string,
  caller: Caller,
): Promise<void> {
  try {
    await runtime.start(id, caller);
  } catch (error) {
    if (!isKind(error, 'conflict') || !isActive(runtime.get(id))) throw error;
  }
}
