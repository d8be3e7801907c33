import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { check, ifThere, libc } from '../../../host/index.js';

const PREFIX = '.tmp-';
const LOCK_SH_NB = 1 | 4;
const LOCK_EX_NB = 2 | 4;

/** A folder that is being filled. Its lock, not a pid in its name, shows whether a process is still working there. */
export interface TempFolder {
  readonly path: string;
  /** Open and locked. A child process that inherits it keeps the lock when this process is killed. */
  readonly fd: number;
}

export function makeTempFolder(parent: string): TempFolder {
  for (;;) {
    const path = mkdtempSync(join(parent, PREFIX));
    const fd = lock(path);
    if (fd === undefined) continue;
    chmodSync(path, 0o755);
    return { path, fd };
  }
}

/**
 * The temporary folder of a name; undefined where another process works in it. Files in it come from a killed process.
 */
export function claimTempFolder(parent: string, name: string): TempFolder | undefined {
  const path = join(parent, PREFIX + name);
  mkdirSync(path, { recursive: true, mode: 0o755 });
  const fd = lock(path);
  return fd === undefined ? undefined : { path, fd };
}

/** From now on others can take a shared lock of the folder, too, wherever it has been moved. */
export function downgradeToSharedLock({ path, fd }: TempFolder): void {
  check(libc().flock(fd, LOCK_SH_NB), 'flock', path);
}

/** The temporary folders that no living process works in. The caller holds their locks, and closes them. */
export function orphanedTempFolders(parent: string): TempFolder[] {
  const found: TempFolder[] = [];
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(parent, name);
    const fd = lock(path);
    if (fd !== undefined) found.push({ path, fd });
  }
  return found;
}

/**
 * A descriptor that holds the folder's lock; undefined where another has it, or has moved the folder away meanwhile.
 */
export function lock(path: string, how = LOCK_EX_NB): number | undefined {
  const fd = ifThere(() => openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW));
  if (fd === undefined) return undefined;
  const isOurs = libc().flock(fd, how) === 0 && isInPlace({ path, fd });
  if (isOurs) return fd;
  closeSync(fd);
  return undefined;
}

/** Whether it still has its path: it may have been moved, and another one made there. */
export function isInPlace({ path, fd }: TempFolder): boolean {
  return statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino;
}
