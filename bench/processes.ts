import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The pids in the benchmark's own pid namespace: those of a container are in one of its own. */
export function processesOfTheHost(): Set<number> {
  const ours = readlinkSync('/proc/self/ns/pid');
  return new Set(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => ours === unlessGone(() => readlinkSync(`/proc/${pid}/ns/pid`)))
      .map(Number),
  );
}

/** Proportional set size in bytes (proc(5), smaps_rollup); 0 for a process that is gone. */
export function pssOf(pid: number): number {
  const rollup = unlessGone(() => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? '';
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024;
}

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
