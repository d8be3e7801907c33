import { check } from './libc.js';
import { sockets } from './sockets.js';

/** `struct pollfd` of <poll.h>: fd, events, revents. */
const POLLFD_BYTES = 8;
const REVENTS_AT = 6;
const POLLERR = 0x8;
const POLLHUP = 0x10;

/**
 * Which of these sockets have no other end any more. One that has only ended its half of the connection still has, and Node does not
 * tell the two apart.
 * @throws SystemError
 */
export function hungUp(fds: readonly number[]): readonly number[] {
  const asked = Buffer.alloc(fds.length * POLLFD_BYTES);
  for (const [index, fd] of fds.entries()) asked.writeInt32LE(fd, index * POLLFD_BYTES);
  check(sockets().poll(asked, fds.length, 0), 'poll', `${fds.length} sockets`);
  return fds.filter((_, index) => (asked.readInt16LE(index * POLLFD_BYTES + REVENTS_AT) & (POLLERR | POLLHUP)) !== 0);
}
