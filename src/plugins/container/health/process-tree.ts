import { readdirSync, readFileSync } from 'node:fs';
import { bootId, type ProcessIdentity, signalProcess } from '../../../host/index.js';

/** Fields of /proc/PID/stat, counted from the one after the program's name. */
const PARENT_FIELD = 1;
const SESSION_FIELD = 3;
const START_TIME_FIELD = 19;
/** A program that forks all the time is stopped before it is killed, which more looks do not make surer. */
const MOST_LOOKS = 16;

interface ProcessEntry extends ProcessIdentity {
  readonly parent: number;
  readonly session: number;
}

/**
 * Kills a process, its descendants, and what is left of their sessions where a parent has ended. They are stopped
 * first, so that none forks meanwhile.
 */
export function killTree(root: ProcessIdentity): void {
  const tree = new Map<number, ProcessEntry>();
  for (let look = 0; look < MOST_LOOKS; look++) {
    const found = treeOf(root).filter(({ pid }) => !tree.has(pid));
    if (found.length === 0) break;
    for (const process of found) {
      tree.set(process.pid, process);
      signalProcess(process, 'SIGSTOP');
    }
  }
  for (const process of tree.values()) signalProcess(process, 'SIGKILL');
}

/** The processes that have this word in their command line. */
export function processesWithArgument(word: string): ProcessIdentity[] {
  return allProcesses().filter(({ pid }) => commandLine(pid).split('\0').includes(word));
}

function treeOf(root: ProcessIdentity): ProcessEntry[] {
  const processes = allProcesses();
  const own = processes.find(({ pid, startTime }) => pid === root.pid && startTime === root.startTime);
  if (!own) return [];
  const tree = new Set([own]);
  const pids = new Set([root.pid]);
  const sessions = new Set<number>();
  for (let size = 0; size !== tree.size; ) {
    size = tree.size;
    for (const process of processes) {
      if (tree.has(process) || !(pids.has(process.parent) || sessions.has(process.session))) continue;
      tree.add(process);
      pids.add(process.pid);
      // The root's own session is that of the engine.
      if (process.session !== own.session) sessions.add(process.session);
    }
  }
  return [...tree];
}

function allProcesses(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(entryOf);
}

/** None for a process that has ended since. */
function entryOf(pid: string): ProcessEntry[] {
  const stat = textOf(`/proc/${pid}/stat`);
  if (!stat) return [];
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [parent, session, startTime] = [PARENT_FIELD, SESSION_FIELD, START_TIME_FIELD].map((at) => Number(fields[at]));
  return [{ boot: bootId(), pid: Number(pid), parent: parent ?? 0, session: session ?? 0, startTime: startTime ?? 0 }];
}

function commandLine(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
