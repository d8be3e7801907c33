import { readdirSync, readFileSync } from 'node:fs';
import { FILE_VARIABLE, type HostProcess, RUN_VARIABLE } from './file-report.js';

/** The kernel counts processor time in ticks; on Linux a second has 100 for every program that reads /proc. */
const TICKS_PER_SECOND = 100;

/** Living processes that are children of this one, or carry its mark in their environment. */
export function startedBy(pid: number): readonly HostProcess[] {
  const mark = `${FILE_VARIABLE}=${pid}`;
  return allPids()
    .filter((other) => other !== pid && isAlive(other) && (parentOf(other) === pid || hasVariable(other, mark)))
    .map((other) => ({ pid: other, command: commandOf(other) }));
}

/** Whether a process belongs to the run that has this folder. */
export function isOfRun(pid: number, folder: string): boolean {
  return hasVariable(pid, `${RUN_VARIABLE}=${folder}`) || commandOf(pid).includes(`${folder}/`);
}

/** @param variable `NAME=value` */
export function hasVariable(pid: number, variable: string): boolean {
  return read(pid, 'environ').split('\0').includes(variable);
}

/** Seconds that a process, and all that it started and waited for, has had on a processor (proc_pid_stat(5)). */
export function cpuSecondsOf(pid: number): number {
  const [utime, stime, cutime, cstime] = statOf(pid).slice(11, 15).map(Number);
  return ((utime ?? 0) + (stime ?? 0) + (cutime ?? 0) + (cstime ?? 0)) / TICKS_PER_SECOND;
}

/** Tells a process from a later one of the same number: pid, start time in ticks, boot. Empty if there is none. */
export function identityOf(pid: number): string {
  const started = statOf(pid)[19];
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return started === undefined ? '' : `${pid} ${started} ${boot}`;
}

/** Seconds since a process began, those of the program that it was before an exec included. */
export function wallSecondsOf(pid: number): number {
  const started = Number(statOf(pid)[19]) / TICKS_PER_SECOND;
  return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) - started;
}

export function commandOf(pid: number): string {
  return read(pid, 'cmdline').split('\0').join(' ').trim();
}

export function allPids(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Boolean);
}

function parentOf(pid: number): number {
  return Number(statOf(pid)[1]);
}

/** A zombie is not, unless threads of it are still there: they hold its sockets. */
export function isAlive(pid: number): boolean {
  const [state] = statOf(pid);
  if (state === undefined || state === 'X') return false;
  return state !== 'Z' || threadsOf(pid) > 1;
}

function threadsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}

/** The fields behind the program's name, which may hold any character. The first is the state. */
function statOf(pid: number): readonly string[] {
  const stat = read(pid, 'stat');
  return stat === '' ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Empty for a process that is gone. */
function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
