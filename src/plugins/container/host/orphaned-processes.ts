import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import type { Bundle } from './bundle.js';

/**
 * Ends what is left of a run whose monitor was killed: the container's first process, which may ignore the hangup, and
 * all others with it; and the runtime, which may spin on a terminal that has gone. That is known by its command line.
 * @param init pid of the first process, if it lives
 */
export function killOrphans(bundle: Bundle, init: number | undefined): void {
  const marks = `\0--bundle\0${bundle.path}\0`;
  const runtimes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandLine(name).includes(marks))
    .map(Number);
  for (const pid of [...(init === undefined ? [] : [init]), ...runtimes]) killIfRunning(pid);
}

/**
 * Lets go what is left of a run that the database does not know any more. A program that still runs, as the database was
 * made anew, is ended: its address may be another's by now.
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

/** Not an error: it may have ended by itself. */
export function killIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export const CGROUP_ROOT = '/sys/fs/cgroup';
const RETRY_MS = 200;

/** Those that are there, in cgroup v1 one in each hierarchy. */
export function controlGroupsOf(id: string): string[] {
  return ['.', ...readdirSync(CGROUP_ROOT)]
    .map((hierarchy) => `${CGROUP_ROOT}/${hierarchy}/gantry/${id}`)
    .filter((path) => existsSync(path));
}

/** A runtime that was killed leaves the container's control groups. */
export function removeControlGroups(id: string, again = true): void {
  let isBusy = false;
  for (const path of controlGroupsOf(id)) {
    try {
      rmdirSync(path);
    } catch (error) {
      isBusy ||= (error as NodeJS.ErrnoException).code === 'EBUSY';
    }
  }
  // Its last processes are on their way out.
  if (isBusy && again) setTimeout(() => removeControlGroups(id, false), RETRY_MS).unref();
}
