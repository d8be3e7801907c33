import { endedProcess, identify, type ProcessIdentity } from '../../../host/index.js';
import { memberWithPid } from '../host/index.js';
import { type Monitor, PidFileWatcher } from '../launch/index.js';
import type { ContainerRun } from './container-run.js';

/** @returns the container's first process; undefined where the run has ended without one */
export async function releaseAndWait(
  monitor: Monitor,
  { bundle, output }: ContainerRun,
): Promise<ProcessIdentity | undefined> {
  using watcher = new PidFileWatcher(bundle);
  monitor.release();
  const pid = await watcher.waitForPid(output);
  return pid === undefined ? undefined : (identify(pid) ?? endedProcess(pid));
}

/**
 * The first process of a run that was taken over: the engine may have been killed before the runtime wrote the pid.
 * @returns undefined where the run has ended without one
 */
export async function firstProcessOf(
  id: string,
  { bundle, output }: ContainerRun,
): Promise<ProcessIdentity | undefined> {
  using watcher = new PidFileWatcher(bundle);
  const pid = await watcher.waitForPid(output);
  return pid === undefined ? undefined : (memberWithPid(id, pid) ?? endedProcess(pid));
}
