import { closeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { check, libc } from '../../../host/index.js';
import { cString, type PathBytes } from './path-bytes.js';

/** The C library's calls that unpacking needs beyond `libc()`. */

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const SYNC_FILE_RANGE_WRITE = 2;
const RESOLVE_NO_SYMLINKS_BENEATH = 0x04 | 0x08;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;
const SYS_FSOPEN = 430;
const SYS_FSCONFIG = 431;
const SYS_OPENAT2 = 437;
const FSOPEN_CLOEXEC = 1;
const FSCONFIG_SET_STRING = 1;
const FSCONFIG_CMD_CREATE = 6;
const O_CLOEXEC = 0o2000000;

/** Since 1970, nanoseconds from 0 to 999,999,999. */
export interface Timestamp {
  readonly seconds: number;
  readonly nanoseconds: number;
}

type Bound = ReturnType<typeof bind>;
let bound: Bound | undefined;

function bind() {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  const library = koffi.load('libc.so.6');
  return {
    prctl: library.func('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)'),
    chroot: library.func('int chroot(const char *)'),
    fchdir: library.func('int fchdir(int)'),
    futimens: library.func('int futimens(int, const void *)'),
    utimensat: library.func('int utimensat(int, const char *, const void *, int)'),
    renameat: library.func('int renameat(int, const char *, int, const char *)'),
    lseek: library.func('int64_t lseek(int, int64_t, int)'),
    syncfs: library.func('int syncfs(int)'),
    fsopen: library.func('long syscall(long, const char *, unsigned int)'),
    fsconfig: library.func('long syscall(long, int, unsigned int, const char *, const char *, int)'),
    syncFileRange: library.func('int sync_file_range(int, int64_t, int64_t, unsigned int)'),
  };
}

function calls(): Bound {
  bound ??= bind();
  return bound;
}

/** From now on this process is killed when its parent dies. */
export function dieWithParent(): void {
  check(calls().prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), 'prctl', 'PR_SET_PDEATHSIG');
}

/**
 * Makes an open directory the root of every path of this process, whatever its root is now. Afterwards no module can be
 * loaded, because it would be looked up below the new root. Therefore the calls are bound first.
 */
export function enterRoot(directoryFd: number): void {
  libc();
  check(calls().fchdir(directoryFd), 'fchdir', String(directoryFd));
  check(calls().chroot('.'), 'chroot', String(directoryFd));
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
  check(calls().futimens(fd, twice(time)), 'futimens', String(fd));
}

/** Like `setTime`, but by path; of a link itself, not of its target. */
export function setPathTime(path: PathBytes, time: Timestamp): void {
  check(calls().utimensat(AT_FDCWD, cString(path), twice(time), AT_SYMLINK_NOFOLLOW), 'utimensat', path);
}

/**
 * Resolves once all that was written to the filesystem of `fd` is on disk.
 * @throws Error where something that was written since the last such call, or since `fd` was opened, is not
 */
export async function syncFilesystem(fd: number): Promise<void> {
  const result = await new Promise<number>((resolve, reject) => {
    calls().syncfs.async(fd, (error: unknown, value: number) => (error ? reject(error) : resolve(value)));
  });
  if (result !== 0) throw new Error('syncfs failed');
}

/** Starts to write a part of a file to disk, and does not wait. It is a hint, so failures are ignored. */
export function startWriteback(fd: number, offset: number, length: number): void {
  calls().syncFileRange(fd, offset, length, SYNC_FILE_RANGE_WRITE);
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
  const found = Number(calls().lseek(fd, offset, whence));
  return found < 0 ? undefined : found;
}

/** Moves what is at a path into an open directory. */
export function moveInto(path: Buffer, directoryFd: number, name: string): void {
  check(calls().renameat(AT_FDCWD, path, directoryFd, cString(name)), 'renameat', name);
}

/** Opens a path below an open directory. A path through a link, or out of the directory, fails. */
export function openBeneath(directoryFd: number, path: PathBytes, flags: number, mode = 0): number {
  const { openat2, openHowSize } = libc();
  const how = { flags: flags | O_CLOEXEC, mode, resolve: RESOLVE_NO_SYMLINKS_BENEATH };
  return check(openat2(SYS_OPENAT2, directoryFd, cString(path) as never, how, openHowSize), 'openat2', path);
}

/** Makes an overlayfs that is mounted nowhere, and gone when the descriptor is closed. @throws SystemError */
export function tryOverlay(options: Readonly<Record<string, string>>): number {
  const { fsopen, fsconfig } = calls();
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
