import { isAlive } from '../../../host/index.js';
import { type Bundle, memberWithPid } from '../host/index.js';
import type { StoredContainer } from '../records/index.js';
import type { RunDependencies } from './dependencies.js';

/**
 * A monitor that only holds the output of an ended run does not count.
 * @throws where a process cannot be looked at: it may be alive
 */
export function isRunning({ id, monitor, init }: StoredContainer, bundle: Bundle): boolean {
  if (bundle.exitCode() !== undefined) return false;
  if ([monitor, init].some((process) => process && isAlive(process))) return true;
  const pid = bundle.pid();
  return pid !== undefined && memberWithPid(id, pid) !== undefined;
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
