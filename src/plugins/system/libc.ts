import { closeSync, constants as files, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';

/** The C library's calls that Node lacks, through koffi. Loaded when first used: a client never pays for it. */

const require = createRequire(import.meta.url);

/** Numbers of <sched.h>, <sys/mount.h>, <fcntl.h>, the same on x86-64 and arm64. */
export const CLONE_NEWNS = 0x0002_0000;
export const CLONE_NEWNET = 0x4000_0000;
export const MS_RDONLY = 0x1;
export const MS_REMOUNT = 0x20;
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
const MSG_CMSG_CLOEXEC = 0x4000_0000;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
/** A header of 16 bytes, one descriptor, and what aligns it. */
const CONTROL_BYTES = 24;
const ANY_NAME = 4096;

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
  const iovec = koffi.struct('iovec', { base: 'void *', length: 'size_t' });
  koffi.struct('msghdr', {
    name: 'void *',
    nameLength: 'uint32_t',
    pieces: koffi.pointer(iovec),
    pieceCount: 'size_t',
    control: 'void *',
    controlLength: 'size_t',
    flags: 'int',
  });
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
    recvmsg: libc.func('long recvmsg(int, const msghdr *, int)'),
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
export function duplicateDescriptor(pid: number, fd: number): number {
  const subject = `${pid}/${fd}`;
  const process = check(libc().pidfdOpen(SYS_PIDFD_OPEN, pid, 0), 'pidfd_open', subject);
  try {
    return check(libc().pidfdGetfd(SYS_PIDFD_GETFD, process, fd, 0), 'pidfd_getfd', subject);
  } finally {
    closeSync(process);
  }
}

/**
 * Takes a descriptor that somebody sends over a unix socket, which must not block; the caller closes it.
 * @returns undefined where nothing has come yet, null where nothing will
 */
export function receiveDescriptor(socket: number): number | undefined | null {
  const control = Buffer.alloc(CONTROL_BYTES);
  const pieces = [{ base: Buffer.alloc(ANY_NAME), length: ANY_NAME }];
  const message = { name: null, nameLength: 0, pieces, pieceCount: 1, control, controlLength: CONTROL_BYTES, flags: 0 };
  const received = Number(libc().recvmsg(socket, message, MSG_CMSG_CLOEXEC));
  if (received < 0 && nameOf(libc().errno()) === 'EAGAIN') return undefined;
  const isRights = control.readInt32LE(8) === SOL_SOCKET && control.readInt32LE(12) === SCM_RIGHTS;
  return received > 0 && isRights ? control.readInt32LE(16) : null;
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
