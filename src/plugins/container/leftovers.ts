import { readdirSync, readFileSync, rmdirSync } from 'node:fs';
import type { Bundle } from './bundle.js';

/**
 * Ends what is left of a run whose monitor was killed: the container's first process, which may ignore the hangup, and
 * all others with it; and the runtime, which may spin on a terminal that has gone. That is known by its command line.
 * @param init pid of the first process, if it lives
 */
export function endLeftovers(bundle: Bundle, init: number | undefined): void {
  const marks = `\0--bundle\0${bundle.path}\0`;
  const runtimes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandLine(name).includes(marks))
    .map(Number);
  for (const pid of [...(init === undefined ? [] : [init]), ...runtimes]) kill(pid);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

/** Not an error: it may have ended by itself. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const CGROUPS = '/sys/fs/cgroup';
const DYING_MS = 200;

/** A runtime that was killed leaves the container's control groups, in cgroup v1 one in each hierarchy. */
export function removeControlGroups(id: string, again = true): void {
  let isBusy = false;
  for (const hierarchy of ['.', ...readdirSync(CGROUPS)]) {
    try {
      rmdirSync(`${CGROUPS}/${hierarchy}/gantry/${id}`);
    } catch (error) {
      isBusy ||= (error as NodeJS.ErrnoException).code === 'EBUSY';
    }
  }
  // Its last processes are on their way out.
  if (isBusy && again) setTimeout(() => removeControlGroups(id, false), DYING_MS).unref();
}
