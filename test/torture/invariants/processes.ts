import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process as /proc shows it. A rig has a pid namespace of its own: there are none but its own, and its engine's. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly startTime: number;
  /** Arguments, each ended by a zero byte. */
  readonly command: string;
  /** The id of the container whose control group it is in. */
  readonly container: string | undefined;
}

/** All living processes; zombies are not. */
export function processesOfNamespace(): Process[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (look(Number(name)) ?? []) : []));
}

function look(pid: number): Process | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const [state, parent, ...more] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!state || state === 'Z' || state === 'X') return undefined;
  const container = /\/gantry\/([0-9a-f]{64})/.exec(read(`/proc/${pid}/cgroup`))?.[1];
  const command = read(`/proc/${pid}/cmdline`);
  return { pid, parent: Number(parent), startTime: Number(more[17]), command, container };
}

export function inWords({ pid, command }: Process): string {
  return `process ${pid} (${command.replaceAll('\0', ' ').trim().slice(0, 160)})`;
}

/** Mount and network namespaces of all threads of a process, without doubles. */
export function namespacesOf(pid: number): string[] {
  const threads = names(`/proc/${pid}/task`).map((thread) =>
    ['mnt', 'net'].map((kind) => link(`/proc/${pid}/task/${thread}/ns/${kind}`)).join(' '),
  );
  return [...new Set(threads)].filter((pair) => pair !== ' ');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

export function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
