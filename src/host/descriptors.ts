import { closeSync, openSync, readdirSync } from 'node:fs';
import { check, errnoName, libc } from './libc.js';

/** Numbers of <sys/syscall.h> and <sys/socket.h>, the same on x86-64 and arm64. */
const SYS_PIDFD_OPEN = 434;
const SYS_PIDFD_GETFD = 438;
const MSG_CMSG_CLOEXEC = 0x4000_0000;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
/** A header of 16 bytes, one descriptor, and what aligns it. */
const CONTROL_BYTES = 24;
const ANY_NAME = 4096;
/** Numbers of <fcntl.h>. */
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const STANDARD = 2;

/**
 * An open descriptor that its scope closes: `using file = openDescriptor(path, 'r')`. What is opened in several steps is
 * kept in a `DisposableStack`, which gives all of it back if a later step fails; after the last, `move()` keeps it.
 */
export class Descriptor implements Disposable {
  constructor(readonly fd: number) {}

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

/** @param flags of `openSync` @throws where it cannot be opened */
export function openDescriptor(path: string, flags: string | number): Descriptor {
  return new Descriptor(openSync(path, flags));
}

/**
 * Duplicates a descriptor of another process; the caller closes it. Needs the right to trace that process.
 * @throws SystemError
 */
export function duplicateDescriptor(pid: number, fd: number): number {
  const subject = `${pid}/${fd}`;
  using process = new Descriptor(check(libc().pidfdOpen(SYS_PIDFD_OPEN, pid, 0), 'pidfd_open', subject));
  return check(libc().pidfdGetfd(SYS_PIDFD_GETFD, process.fd, fd, 0), 'pidfd_getfd', subject);
}

/**
 * Receives a descriptor over a unix socket, which must not block; the caller closes it.
 * @returns undefined where nothing has come yet, null where nothing will
 */
export function receiveDescriptor(socket: number): number | undefined | null {
  const control = Buffer.alloc(CONTROL_BYTES);
  const pieces = [{ base: Buffer.alloc(ANY_NAME), length: ANY_NAME }];
  const message = { name: null, nameLength: 0, pieces, pieceCount: 1, control, controlLength: CONTROL_BYTES, flags: 0 };
  const received = Number(libc().recvmsg(socket, message, MSG_CMSG_CLOEXEC));
  if (received < 0 && errnoName(libc().errno()) === 'EAGAIN') return undefined;
  const isRights = control.readInt32LE(8) === SOL_SOCKET && control.readInt32LE(12) === SCM_RIGHTS;
  return received > 0 && isRights ? control.readInt32LE(16) : null;
}

/**
 * Keeps from children what the starter of this process has left open beside the standard streams. Node does that at its start for low
 * numbers only, and opens nothing itself that children inherit.
 */
export function keepFromChildren(): void {
  // One of them was that of the folder itself, and is closed: the error is nobody's.
  for (const fd of readdirSync('/proc/self/fd').map(Number)) if (fd > STANDARD) libc().fcntl(fd, F_SETFD, FD_CLOEXEC);
}
