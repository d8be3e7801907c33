import { readFileSync } from 'node:fs';

/**
 * A process with its start time, in clock ticks since boot, which distinguishes it from a later process with the same
 * pid.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: number;
}

const STATE_FIELD = 0;
const START_TIME_FIELD = 19;

/** The identity of a running process; undefined for one that has ended, and for a zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The program's name, in parentheses, may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[STATE_FIELD] === 'Z' || fields[STATE_FIELD] === 'X') return undefined;
  return { pid, startTime: Number(fields[START_TIME_FIELD]) };
}

export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.startTime === process.startTime;
}

let own: ProcessIdentity | undefined;

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  own ??= identify(process.pid);
  if (!own) throw new Error('/proc does not show this process');
  return own;
}
