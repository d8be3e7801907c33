import type { Container, Runtime } from '../contracts/index.js';

interface Pausing {
  pause(id: string, options: { readonly transient: boolean }): Promise<void>;
  unpause(id: string): Promise<void>;
}

/** Pauses a container while some work runs, if it is running and the runtime can pause. A dry run pauses none. */
export async function withPaused<T>(runtime: Runtime, container: Container, work: () => Promise<T>): Promise<T> {
  if (container.status !== 'running' || !canPause(runtime)) return work();
  await runtime.pause(container.id, { transient: true });
  try {
    return await work();
  } finally {
    await runtime.unpause(container.id);
  }
}

function canPause(runtime: object): runtime is Pausing {
  return 'pause' in runtime && 'unpause' in runtime;
}
