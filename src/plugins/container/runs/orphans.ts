import { bootId, identify, isAlive, type ProcessIdentity } from '../../../host/index.js';
import type { Bundle } from '../host/index.js';
import type { StoredContainer } from '../records/index.js';
import type { RunDependencies } from './dependencies.js';

/** No process survives a boot, even if its pid and start time are used again. */
export function isAliveInThisBoot({ boot }: StoredContainer, process: ProcessIdentity | undefined): boolean {
  return process !== undefined && boot === bootId() && isAlive(process);
}

export function aliveInit(container: StoredContainer): ProcessIdentity | undefined {
  return isAliveInThisBoot(container, container.init) ? container.init : undefined;
}

/** A monitor that only holds the output of an ended run does not count. */
export function isRunning(container: StoredContainer, bundle: Bundle): boolean {
  const { monitor, init } = container;
  if (bundle.exitCode() !== undefined) return false;
  const pid = bundle.pid();
  return [monitor, init, pid === undefined ? undefined : identify(pid)].some((process) =>
    isAliveInThisBoot(container, process),
  );
}

/** Resumes a container whose engine was killed while it had paused it for a commit. */
export async function resumeTransientPause(
  { store, control }: Pick<RunDependencies, 'store' | 'control'>,
  container: StoredContainer,
): Promise<void> {
  if (!store.isTransientPause(container.id)) return;
  await control.resume(container.id).catch(() => {});
  store.setPaused(container, false);
}
