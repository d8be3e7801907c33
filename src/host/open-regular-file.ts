import { type BigIntStats, closeSync, constants, fstatSync, openSync, type PathLike } from 'node:fs';

/** Looks without touching: opening a FIFO, a device or a socket this way has no effect on it. */
const O_PATH = 0o1000_0000;

/**
 * Opens a file for reading whose kind has been looked at: what others put in its place meanwhile is never opened, and a lease
 * is not waited for.
 * @param path no link is followed at its end
 * @returns undefined for what is no regular file
 * @throws Error as open(2): EAGAIN where a program holds a lease on it
 */
export function openRegularFile(path: PathLike): { readonly fd: number; readonly stat: BigIntStats } | undefined {
  const seen = openSync(path, O_PATH | constants.O_NOFOLLOW);
  try {
    const stat = fstatSync(seen, { bigint: true });
    return stat.isFile() ? { fd: openSeenFile(seen), stat } : undefined;
  } finally {
    closeSync(seen);
  }
}

/** Opens the regular file of a descriptor that was opened to look (O_PATH). @throws Error as `openRegularFile` */
export function openSeenFile(descriptor: number): number {
  return openSync(`/proc/self/fd/${descriptor}`, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
}
