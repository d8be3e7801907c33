import { readdirSync, readFileSync } from 'node:fs';

/** The host's pids of all processes in a container: those of its control group, and of what it made below that. */
export function processesOf(id: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isIn(name, `/gantry/${id}`))
    .map(Number);
}

function isIn(pid: string, group: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'latin1')
      .split('\n')
      .some((line) => line.endsWith(group) || line.includes(`${group}/`));
  } catch {
    return false;
  }
}
