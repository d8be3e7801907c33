import { closeSync, constants as files, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';

/** The C library's calls that Node lacks, through koffi. Loaded when first used: a client never pays for it. */

const require = createRequire(import.meta.url);

/** Numbers of <sched.h>, <sys/mount.h>, <fcntl.h>, the same on x86-64 and arm64. */
export const CLONE_NEWNS = 0x0002_0000;
export const CLONE_NEWNET = 0x4000_0000;
export const MS_RDONLY = 0x1;
export const MS_BIND = 0x1000;
export const MS_REC = 0x4000;
export const MS_PRIVATE = 0x4_0000;
export const MS_SLAVE = 0x8_0000;
export const MNT_DETACH = 0x2;
export const F_SETPIPE_SZ = 1031;
export const RESOLVE_IN_ROOT = 0x10;
const SYS_OPENAT2 = 437;
const SYS_PIDFD_OPEN = 434;
const SYS_PIDFD_GETFD = 438;
const TIOCSWINSZ = 0x5414;

/** A system call that failed, with its errno's name: `ENOENT`. */
export class SystemError extends Error {
  constructor(
    readonly call: string,
    readonly errno: number,
    readonly subject: string,
  ) {
    super(`${call} ${subject}: ${nameOf(errno)}`);
    this.name = 'SystemError';
  }
  get code(): string {
    return nameOf(this.errno);
  }
}

function nameOf(errno: number): string {
  return Object.entries(constants.errno).find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`;
}

type Bound = ReturnType<typeof bind>;
let bound: Bound | undefined;

function bind() {
  const koffi = require('koffi') as typeof import('koffi');
  const libc = koffi.load('libc.so.6');
  const openHow = koffi.struct('open_how', { flags: 'uint64_t', mode: 'uint64_t', resolve: 'uint64_t' });
  return {
    errno: () => koffi.errno(),
    openHowSize: koffi.sizeof(openHow),
    unshare: libc.func('int unshare(int)'),
    setns: libc.func('int setns(int, int)'),
    mount: libc.func('int mount(const char *, const char *, const char *, unsigned long, const char *)'),
    umount2: libc.func('int umount2(const char *, int)'),
    mknod: libc.func('int mknod(const char *, unsigned int, unsigned long)'),
    lsetxattr: libc.func('int lsetxattr(const char *, const char *, const void *, size_t, int)'),
    lgetxattr: libc.func('long lgetxattr(const char *, const char *, void *, size_t)'),
    llistxattr: libc.func('long llistxattr(const char *, void *, size_t)'),
    fcntl: libc.func('int fcntl(int, int, long)'),
    fallocate: libc.func('int fallocate(int, int, int64_t, int64_t)'),
    flock: libc.func('int flock(int, int)'),
    splice: libc.func('long splice(int, void *, int, _Inout_ int64_t *, size_t, unsigned int)'),
    eventfd: libc.func('int eventfd(unsigned int, int)'),
    epollCreate1: libc.func('int epoll_create1(int)'),
    epollCtl: libc.func('int epoll_ctl(int, int, int, const void *)'),
    epollWait: libc.func('int epoll_wait(int, _Out_ uint8_t *, int, int)'),
    setTerminalSize: libc.func('int ioctl(int, unsigned long, const uint16_t *)'),
    pidfdOpen: libc.func('long syscall(long, int, unsigned int)'),
    pidfdGetfd: libc.func('long syscall(long, int, int, unsigned int)'),
    openat2: libc.func('long syscall(long, int, const char *, open_how *, size_t)'),
  };
}

/** The raw calls. Returns are C's: -1 is a failure, told by `check`. */
export function libc(): Bound {
  bound ??= bind();
  return bound;
}

/** Throws a `SystemError` for a call that returned a negative number; returns the number else. */
export function check(result: number | bigint, call: string, subject: string): number {
  if (Number(result) < 0) throw new SystemError(call, libc().errno(), subject);
  return Number(result);
}

/**
 * Opens a path as a process whose root is `root` would: `..` and links, absolute ones too, end inside it.
 * The caller closes the descriptor.
 * @param flags of open(2); add `O_PATH` to look without touching
 * @throws SystemError
 */
export function openInRoot(root: string, path: string, flags: number, mode = 0): number {
  const directory = openSync(root, files.O_RDONLY | files.O_DIRECTORY);
  try {
    const how = { flags: flags | 0o2000000 /* O_CLOEXEC */, mode, resolve: RESOLVE_IN_ROOT };
    const relative = path.replace(/^\/+/, '') || '.';
    return check(libc().openat2(SYS_OPENAT2, directory, relative, how, libc().openHowSize), 'openat2', path);
  } finally {
    closeSync(directory);
  }
}

/** Takes a copy of another process's descriptor; the caller closes it. Needs the right to trace that process. @throws SystemError */
export function borrowDescriptor(pid: number, fd: number): number {
  const subject = `${pid}/${fd}`;
  const process = check(libc().pidfdOpen(SYS_PIDFD_OPEN, pid, 0), 'pidfd_open', subject);
  try {
    return check(libc().pidfdGetfd(SYS_PIDFD_GETFD, process, fd, 0), 'pidfd_getfd', subject);
  } finally {
    closeSync(process);
  }
}

/** @throws SystemError */
export function setTerminalSize(fd: number, columns: number, rows: number): void {
  check(libc().setTerminalSize(fd, TIOCSWINSZ, new Uint16Array([rows, columns, 0, 0])), 'ioctl', 'terminal size');
}

export function mount(source: string, target: string, type: string | null, flags: number, data: string | null): void {
  check(libc().mount(source, target, type, flags, data), 'mount', target);
}

export function unmount(target: string, flags = 0): void {
  check(libc().umount2(target, flags), 'umount', target);
}
