import { closeSync } from 'node:fs';
import { check, libc, openat2 } from '../../../host/index.js';
import { cString, type PathBytes } from './path-bytes.js';

/** Calls of the C library as unpacking needs them. */

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const SYNC_FILE_RANGE_WRITE = 2;
const RESOLVE_NO_SYMLINKS_BENEATH = 0x04 | 0x08;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;
const AT_NO_AUTOMOUNT = 0x800;
const STATX_ATTR_MOUNT_ROOT = 0x2000;
const SYS_FSOPEN = 430;
const SYS_FSCONFIG = 431;
const FSOPEN_CLOEXEC = 1;
const FSCONFIG_SET_STRING = 1;
const FSCONFIG_CMD_CREATE = 6;

/** Since 1970, nanoseconds from 0 to 999,999,999. */
export interface Timestamp {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** From now on this process is killed when its parent dies. */
export function dieWithParent(): void {
  check(libc().prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), 'prctl', 'PR_SET_PDEATHSIG');
}

/**
 * Makes an open directory the root of every path of this process, whatever its root is now. Afterwards no module can be
 * loaded, because it would be looked up below the new root; `libc()` is by then.
 */
export function enterRoot(directoryFd: number): void {
  check(libc().fchdir(directoryFd), 'fchdir', String(directoryFd));
  check(libc().chroot('.'), 'chroot', String(directoryFd));
  process.chdir('/');
}

const timespecs = Buffer.alloc(32);

function twice({ seconds, nanoseconds }: Timestamp): Buffer {
  timespecs.writeBigInt64LE(BigInt(seconds), 0);
  timespecs.writeUInt32LE(nanoseconds, 8);
  timespecs.copy(timespecs, 16, 0, 16);
  return timespecs;
}

/** Sets access and modification time. Node's own call takes seconds as a double, which rounds nanoseconds. */
export function setTime(fd: number, time: Timestamp): void {
  check(libc().futimens(fd, twice(time)), 'futimens', String(fd));
}

/** Like `setTime`, but by path; of a link itself, not of its target. */
export function setPathTime(path: PathBytes, time: Timestamp): void {
  check(libc().utimensat(AT_FDCWD, cString(path), twice(time), AT_SYMLINK_NOFOLLOW), 'utimensat', path);
}

/**
 * Resolves once all that was written to the filesystem of `fd` is on disk.
 * @throws Error where something that was written since the last such call, or since `fd` was opened, is not
 */
export async function syncFilesystem(fd: number): Promise<void> {
  const result = await new Promise<number>((resolve, reject) => {
    libc().syncfs.async(fd, (error: unknown, value: number) => (error ? reject(error) : resolve(value)));
  });
  if (result !== 0) throw new Error('syncfs failed');
}

/** Starts to write a part of a file to disk, and does not wait. It is a hint, so failures are ignored. */
export function startWriteback(fd: number, offset: number, length: number): void {
  libc().syncFileRange(fd, offset, length, SYNC_FILE_RANGE_WRITE);
}

/** Where data begins, at `offset` or after it; undefined where nothing but a hole follows. */
export function dataAfter(fd: number, offset: number): number | undefined {
  return sought(fd, offset, SEEK_DATA);
}

/** Where a hole begins, at `offset` or after it: the file's end at the latest. */
export function holeAfter(fd: number, offset: number): number | undefined {
  return sought(fd, offset, SEEK_HOLE);
}

function sought(fd: number, offset: number, whence: number): number | undefined {
  const found = Number(libc().lseek(fd, offset, whence));
  return found < 0 ? undefined : found;
}

/** Whether something is mounted at a path, in whatever namespace. It is not told by kernels before 5.8. */
export function isMountPoint(path: PathBytes): boolean {
  const found = Buffer.alloc(256);
  const flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
  check(libc().statx(AT_FDCWD, cString(path), flags, 0, found), 'statx', path);
  return (found.readUInt32LE(8) & STATX_ATTR_MOUNT_ROOT) !== 0;
}

/** Moves what is at a path into an open directory. */
export function moveInto(path: Buffer, directoryFd: number, name: string): void {
  check(libc().renameat(AT_FDCWD, path, directoryFd, cString(name)), 'renameat', name);
}

/** Opens a path below an open directory. A path through a link, or out of the directory, fails. */
export function openBeneath(directoryFd: number, path: PathBytes, flags: number, mode = 0): number {
  const how = { flags, mode, resolve: RESOLVE_NO_SYMLINKS_BENEATH };
  return openat2(directoryFd, cString(path), how, path);
}

/** Makes an overlayfs that is mounted nowhere, and gone when the descriptor is closed. @throws SystemError */
export function tryOverlay(options: Readonly<Record<string, string>>): number {
  const { fsopen, fsconfig } = libc();
  const fd = check(fsopen(SYS_FSOPEN, 'overlay', FSOPEN_CLOEXEC), 'fsopen', 'overlay');
  try {
    for (const [name, value] of Object.entries(options)) {
      check(fsconfig(SYS_FSCONFIG, fd, FSCONFIG_SET_STRING, name, value, 0), 'fsconfig', name);
    }
    check(fsconfig(SYS_FSCONFIG, fd, FSCONFIG_CMD_CREATE, null, null, 0), 'fsconfig', 'overlay');
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
