import { createRequire } from 'node:module';
import { constants } from 'node:os';

/**
 * All calls of the C library that Node lacks, through koffi, which is loaded at the first call: tens of milliseconds; a
 * declaration more costs ten microseconds.
 */

/** Numbers of <sys/socket.h>, the same on x86-64 and arm64. */
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_NETLINK = 16;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOCK_CLOEXEC = 0o2000000;
export const MSG_DONTWAIT = 0x40;

/** Numbers of <sched.h> and <fcntl.h>, the same on x86-64 and arm64. */
export const CLONE_NEWNS = 0x0002_0000;
export const CLONE_NEWNET = 0x4000_0000;
export const F_SETPIPE_SZ = 1031;
/** A system call that failed, with its errno's name: `ENOENT`. */
export class SystemError extends Error {
  constructor(
    readonly call: string,
    readonly errno: number,
    readonly subject: string,
  ) {
    super(`${call} ${subject}: ${errnoName(errno)}`);
    this.name = 'SystemError';
  }
  get code(): string {
    return errnoName(this.errno);
  }
}

export function errnoName(errno: number): string {
  return Object.entries(constants.errno).find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`;
}

type Bound = ReturnType<typeof bind>;
let bound: Bound | undefined;

function bind() {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
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
    setfsgid: libc.func('int setfsgid(unsigned int)'),
    mount: libc.func('int mount(const char *, const char *, const char *, unsigned long, const char *)'),
    umount2: libc.func('int umount2(const char *, int)'),
    mknod: libc.func('int mknod(const char *, unsigned int, unsigned long)'),
    lsetxattr: libc.func('int lsetxattr(const char *, const char *, const void *, size_t, int)'),
    getxattr: libc.func('long getxattr(const char *, const char *, void *, size_t)'),
    lgetxattr: libc.func('long lgetxattr(const char *, const char *, void *, size_t)'),
    lremovexattr: libc.func('int lremovexattr(const char *, const char *)'),
    llistxattr: libc.func('long llistxattr(const char *, void *, size_t)'),
    fcntl: libc.func('int fcntl(int, int, long)'),
    fcntlLock: libc.func('int fcntl(int, int, const void *)'),
    fallocate: libc.func('int fallocate(int, int, int64_t, int64_t)'),
    flock: libc.func('int flock(int, int)'),
    schedSetscheduler: libc.func('int sched_setscheduler(int, int, const int32_t *)'),
    splice: libc.func('long splice(int, void *, int, _Inout_ int64_t *, size_t, unsigned int)'),
    eventfd: libc.func('int eventfd(unsigned int, int)'),
    epollCreate1: libc.func('int epoll_create1(int)'),
    epollCtl: libc.func('int epoll_ctl(int, int, int, const void *)'),
    epollWait: libc.func('int epoll_wait(int, _Out_ uint8_t *, int, int)'),
    setTerminalSize: libc.func('int ioctl(int, unsigned long, const uint16_t *)'),
    pidfdOpen: libc.func('long syscall(long, int, unsigned int)'),
    pidfdSendSignal: libc.func('long syscall(long, int, int, const void *, unsigned int)'),
    pidfdGetfd: libc.func('long syscall(long, int, int, unsigned int)'),
    recvmsg: libc.func('long recvmsg(int, const msghdr *, int)'),
    socket: libc.func('int socket(int, int, int)'),
    send: libc.func('long send(int, const void *, size_t, int)'),
    recv: libc.func('long recv(int, void *, size_t, int)'),
    bind: libc.func('int bind(int, const void *, unsigned int)'),
    listen: libc.func('int listen(int, int)'),
    getsockopt: libc.func('int getsockopt(int, int, int, void *, _Inout_ uint32_t *)'),
    poll: libc.func('int poll(_Inout_ uint8_t *, unsigned long, int)'),
    setsockopt: libc.func('int setsockopt(int, int, int, const void *, unsigned int)'),
    prctl: libc.func('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)'),
    chroot: libc.func('int chroot(const char *)'),
    fchdir: libc.func('int fchdir(int)'),
    futimens: libc.func('int futimens(int, const void *)'),
    utimensat: libc.func('int utimensat(int, const char *, const void *, int)'),
    renameat: libc.func('int renameat(int, const char *, int, const char *)'),
    lseek: libc.func('int64_t lseek(int, int64_t, int)'),
    statx: libc.func('int statx(int, const char *, int, unsigned int, void *)'),
    syncfs: libc.func('int syncfs(int)'),
    syncFileRange: libc.func('int sync_file_range(int, int64_t, int64_t, unsigned int)'),
    fsopen: libc.func('long syscall(long, const char *, unsigned int)'),
    fsconfig: libc.func('long syscall(long, int, unsigned int, const char *, const char *, int)'),
    openTree: libc.func('long syscall(long, int, const char *, unsigned int)'),
    moveMount: libc.func('long syscall(long, int, const char *, int, const char *, unsigned int)'),
    openat2: libc.func('long syscall(long, int, const char *, open_how *, size_t)'),
  };
}

/** The raw calls. They return what C returns: -1 is a failure, which `check` throws. */
export function libc(): Bound {
  bound ??= bind();
  return bound;
}

/** Throws a `SystemError` for a call that returned a negative number; returns the number else. */
export function check(result: number | bigint, call: string, subject: string): number {
  if (Number(result) < 0) throw new SystemError(call, libc().errno(), subject);
  return Number(result);
}
