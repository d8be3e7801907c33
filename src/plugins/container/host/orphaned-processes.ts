import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import type { Bundle } from './bundle.js';

/**
 * Kills the processes of a run whose monitor was killed: the container's first process, which may ignore the hangup,
 * and with it all others; and the runtime, which may spin on a closed terminal. The runtime is recognised by its
 * command line.
 * @param init pid of the first process, if it is alive
 */
export function killOrphans(bundle: Bundle, init: number | undefined): void {
  const marks = `\0--bundle\0${bundle.path}\0`;
  const runtimes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandLine(name).includes(marks))
    .map(Number);
  for (const pid of [...(init === undefined ? [] : [init]), ...runtimes]) killIfRunning(pid);
}

/**
 * Releases a run that the database does not know. Its program, if it still runs, is killed: another container may have
 * its address by now.
 */
export function reapUnknownRun(id: string, bundle: Bundle): void {
  const pid = bundle.pid();
  if (pid !== undefined && isInContainer(pid, id)) killOrphans(bundle, pid);
  bundle.release();
}

/** Whether a process is one of the container's. */
export function isInContainer(pid: number, id: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'latin1').includes(`/gantry/${id}`);
  } catch {
    return false;
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

/** It may have ended by itself, which is no error. */
export function killIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export const CGROUP_ROOT = '/sys/fs/cgroup';
const RETRY_MS = 200;

/** Paths of a container's control groups; with version 1 one in each hierarchy. */
export function controlGroupsOf(id: string): string[] {
  return ['.', ...readdirSync(CGROUP_ROOT)]
    .map((hierarchy) => `${CGROUP_ROOT}/${hierarchy}/gantry/${id}`)
    .filter((path) => existsSync(path));
}

/** Removes the control groups that a killed runtime has left. */
export function removeControlGroups(id: string, again = true): void {
  let isBusy = false;
  for (const path of controlGroupsOf(id)) {
    try {
      rmdirSync(path);
    } catch (error) {
      isBusy ||= (error as NodeJS.ErrnoException).code === 'EBUSY';
    }
  }
  // Its last processes are about to end.
  if (isBusy && again) setTimeout(() => removeControlGroups(id, false), RETRY_MS).unref();
}
