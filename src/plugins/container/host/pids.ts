import { readdirSync, readFileSync } from 'node:fs';

/** The host's pids of all processes in a container: those of its control group and of groups below that. */
export function pidsOf(id: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isInGroup(name, `/gantry/${id}`))
    .map(Number);
}

function isInGroup(pid: string, group: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'latin1')
      .split('\n')
      .some((line) => line.endsWith(group) || line.includes(`${group}/`));
  } catch {
    return false;
  }
}
