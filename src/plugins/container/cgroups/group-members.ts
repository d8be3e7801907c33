import { readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, openProcess, type ProcessIdentity } from '../../../host/index.js';
import { detectCgroups } from './cgroup-mode.js';

/**
 * The control groups of containers, and what belongs to them: every process of a container is in its group or in one
 * below it, whoever started it and whatever became of its parents. With version 1 a group has a folder in each
 * hierarchy. A group is named by its container's id, or by a path below that: `ID/exec-HEX`.
 */
const CGROUP_ROOT = '/sys/fs/cgroup';
const GROUPS = 'gantry';
const RETRY_MS = 200;
const POLL_MS = 5;
/** A process in an uninterruptible call freezes late. */
const FREEZE_POLLS = 20;
const KILL_ROUNDS = 3;

/** With version 2 there is one, the root; other folders in it are groups of the host, none of which has one of ours. */
function hierarchies(): string[] {
  return ['.', ...namesIn(CGROUP_ROOT, true)];
}

/** The folders of a group. @throws where the host's groups cannot be read */
export function controlGroupsOf(group: string): string[] {
  return hierarchies()
    .map((hierarchy) => `${CGROUP_ROOT}/${hierarchy}/${GROUPS}/${group}`)
    .filter((path) => statSync(path, { throwIfNoEntry: false }) !== undefined);
}

/** The ids of all containers that have a group, also those of engines with other roots. */
export function groupIds(): Set<string> {
  return new Set(hierarchies().flatMap((hierarchy) => namesIn(`${CGROUP_ROOT}/${hierarchy}/${GROUPS}`, true)));
}

/** The host's pids of all processes in a group and in those below it. @throws where they cannot be read */
export function pidsOf(group: string): number[] {
  const pids = new Set(controlGroupsOf(group).flatMap(pidsBelow));
  return [...pids].sort((one, other) => one - other);
}

function pidsBelow(folder: string): number[] {
  const own = textOf(`${folder}/cgroup.procs`).split('\n').filter(Boolean).map(Number);
  return [...own, ...foldersIn(folder).flatMap(pidsBelow)];
}

/**
 * The process that has this number, if it is in the group: for a number from a file, which may be another's by now.
 * Without control groups on the host there is no such witness.
 * @throws where that cannot be found out
 */
export function memberWithPid(group: string, pid: number): ProcessIdentity | undefined {
  const process = identify(pid);
  // Asked after the reading: the text was that of this process, and of no later one.
  const isMember = process && (isInGroup(pid, group) || detectCgroups().mode === 'none');
  return isMember && isAlive(process) ? process : undefined;
}

function isInGroup(pid: number, group: string): boolean {
  const path = `/${GROUPS}/${group}`;
  return textOf(`/proc/${pid}/cgroup`)
    .split('\n')
    .some((line) => line.endsWith(path) || line.includes(`${path}/`));
}

/**
 * Kills all processes of a group, also while it is paused. Version 2 does that by itself; else they are frozen, so that
 * none can start another, killed, and thawed. They may need a moment to end.
 * @param folders of the group, for a process that sees them elsewhere
 * @throws where a process cannot be looked at or signalled
 */
export async function killMembers(group: string, folders = controlGroupsOf(group)): Promise<void> {
  for (const folder of folders) writeIfExists(`${folder}/cgroup.kill`, '1');
  for (let round = 0; round < KILL_ROUNDS && folders.flatMap(pidsBelow).length > 0; round++) {
    await killFrozen(group, folders);
    await sleep(POLL_MS);
  }
}

async function killFrozen(group: string, folders: readonly string[]): Promise<void> {
  const freezers = folders.map((folder) => `${folder}/freezer.state`).filter((file) => writeIfExists(file, 'FROZEN'));
  try {
    for (let poll = 0; poll < FREEZE_POLLS && !freezers.every(isFrozen); poll++) await sleep(POLL_MS);
    signalEach(group, folders.flatMap(pidsBelow), 'SIGKILL');
  } finally {
    for (const file of freezers) writeIfExists(file, 'THAWED');
  }
}

/**
 * Sends a signal to all processes of a group, those that another of them is just starting excepted.
 * @param first is sent it before the others
 * @throws where a process cannot be looked at or signalled
 */
export function signalMembers(group: string, signal: NodeJS.Signals | number, first: number): void {
  signalEach(group, [first, ...pidsOf(group)], signal);
}

function signalEach(group: string, pids: readonly number[], signal: NodeJS.Signals | number): void {
  for (const pid of new Set(pids)) {
    const process = identify(pid);
    using held = process && openProcess(process);
    // Held first and looked at then: what the signal reaches was in the group.
    if (held && isInGroup(pid, group)) held.signal(signal);
  }
}

function isFrozen(file: string): boolean {
  return ['FROZEN\n', ''].includes(textOf(file));
}

/** Removes a group and those below it, once its processes have ended. */
export function removeControlGroups(group: string, again = true): void {
  const isBusy = controlGroupsOf(group).map(removeFolder).includes(false);
  // Its last processes are about to end.
  if (isBusy && again) setTimeout(() => removeControlGroups(group, false), RETRY_MS).unref();
}

/** False where a process is in it. */
function removeFolder(folder: string): boolean {
  if (foldersIn(folder).map(removeFolder).includes(false)) return false;
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EBUSY';
  }
}

function foldersIn(folder: string): string[] {
  return namesIn(folder, true).map((name) => `${folder}/${name}`);
}

function namesIn(folder: string, foldersOnly = false): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => !foldersOnly || entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    return ifGone(error, []);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    return ifGone(error, '');
  }
}

/** False where there is no such file. */
function writeIfExists(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'r+' });
    return true;
  } catch (error) {
    return ifGone(error, false);
  }
}

/**
 * A process that has ended has no files, and neither has a group that is removed meanwhile; a threaded group of version
 * 2 lists its processes one level higher.
 */
function ifGone<T>(error: unknown, nothing: T): T {
  if (['ENOENT', 'ESRCH', 'ENODEV', 'EOPNOTSUPP'].includes((error as NodeJS.ErrnoException).code ?? '')) return nothing;
  throw error;
}
