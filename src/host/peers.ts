import { check, libc } from './libc.js';

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
/** Three 32-bit numbers: pid, uid, gid. */
const UCRED_BYTES = 12;
const UID_AT = 4;
/** `struct pollfd` of <poll.h>: fd, events, revents. */
const POLLFD_BYTES = 8;
const REVENTS_AT = 6;
const POLLERR = 0x8;
const POLLHUP = 0x10;

/** The user at the other end of a connected unix socket, as it was when that end connected. @throws SystemError */
export function peerUid(socket: number): number {
  const credentials = Buffer.alloc(UCRED_BYTES);
  const length = new Uint32Array([UCRED_BYTES]);
  check(libc().getsockopt(socket, SOL_SOCKET, SO_PEERCRED, credentials, length), 'getsockopt', String(socket));
  return credentials.readUInt32LE(UID_AT);
}

/**
 * Which of these sockets have no other end any more. One that has only ended its half of the connection still has, and Node does not
 * tell the two apart.
 * @throws SystemError
 */
export function hungUp(fds: readonly number[]): readonly number[] {
  const asked = Buffer.alloc(fds.length * POLLFD_BYTES);
  for (const [index, fd] of fds.entries()) asked.writeInt32LE(fd, index * POLLFD_BYTES);
  check(libc().poll(asked, fds.length, 0), 'poll', `${fds.length} sockets`);
  return fds.filter((_, index) => (asked.readInt16LE(index * POLLFD_BYTES + REVENTS_AT) & (POLLERR | POLLHUP)) !== 0);
}
