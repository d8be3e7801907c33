import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { identityOf } from './host-processes.js';

export const PREFIX = 'gantry-test-';
const OWNER = 'owner';
const VISIBLE = '/run';
/** An engine's root with an image, which tests copy. */
export const PREPARED = 'busybox-root';
/** Where the processes of a run's test files keep what V8 has compiled. */
export const COMPILE_CACHE = 'compile-cache';

/** More than the file system of a run may take. */
const ENOUGH_MEMORY = 8 * 1024 ** 3;

/**
 * Makes the folder in which a run keeps everything temporary, and notes in it which process the run is. It is in memory where
 * there is enough of it, unless GANTRY_TEST_ON_DISK is set: a third of a run's time in the
 * kernel went into making and removing files on a disk.
 */
export function newRunFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  const isInMemory = !process.env['GANTRY_TEST_ON_DISK'] && process.getuid?.() === 0 && freeMemory() > ENOUGH_MEMORY;
  if (isInMemory) spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6g', PREFIX, folder]);
  // Processes of plugins run as nobody, and read files below it.
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, OWNER), identityOf(process.pid));
  return folder;
}

/** Folders of runs that were killed. */
export function abandonedRunFolders(): readonly string[] {
  return runFolders().filter((folder) => isOwned(folder) === false);
}

/** Whether runs are under way beside the one that has this folder. */
export function hasOtherRuns(own: string): boolean {
  return runFolders().some((folder) => folder !== own && isOwned(folder) === true);
}

function runFolders(): readonly string[] {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX));
  return names.map((name) => join(tmpdir(), name));
}

/** Whether the run lives. Undefined where no owner is noted: the folder has just been made, or it goes. */
function isOwned(folder: string): boolean | undefined {
  try {
    const owner = readFileSync(join(folder, OWNER), 'utf8');
    return owner === '' ? undefined : identityOf(Number(owner.split(' ')[0])) === owner;
  } catch {
    return undefined;
  }
}

/** What is left in a run's folder when all tests have ended, besides the note of its owner and what they share. */
export function remainsOf(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => ![OWNER, PREPARED, COMPILE_CACHE].includes(name))
    .map((name) => join(folder, name));
}

export function removeRunFolder(folder: string): void {
  for (const name of readdirSync(VISIBLE)) {
    if (name.startsWith(`${basename(folder)}-`)) rmSync(join(VISIBLE, name), { recursive: true, force: true });
  }
  spawnSync('umount', ['-l', folder], { stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
}

/** Bytes that programs can have, caches included. */
function freeMemory(): number {
  return 1024 * Number(/^MemAvailable: +(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0);
}

/** A folder that plugins see as well: they have a /tmp of their own. Its test removes it, or the end of the run. */
export function newVisibleFolder(): string {
  return mkdtempSync(join(VISIBLE, `${basename(process.env['TMPDIR'] ?? PREFIX)}-`));
}
