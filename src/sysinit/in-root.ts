import { closeSync, fstatSync, readSync, type Stats } from 'node:fs';
import { openInRoot, openSeenFile } from '../host/index.js';
import { GantryError } from '../kernel/contracts/index.js';

/** Looks without touching: opening a FIFO, a device or a socket this way has no effect on it. */
const O_PATH = 0o1000_0000;
/** Reading accounts out of so much takes some ten milliseconds, in which the engine does nothing else. */
const READ_LIMIT = 4 * 1024 * 1024;
/** openat2 answers EAGAIN when something in the tree is renamed while it resolves `..`. */
const RACE_RETRIES = 32;

const NOT_THERE: readonly string[] = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV', 'ENAMETOOLONG'];

/**
 * Resolves a path as a process whose root is `root` would, and opens it (O_PATH) for the time of `look`. Undefined
 * where the path leads nowhere inside the root.
 * @param flags more of open(2), such as O_DIRECTORY
 */
export function lookInRoot<T>(
  root: string,
  path: string,
  look: (descriptor: number, stats: Stats) => T,
  flags = 0,
): T | undefined {
  const descriptor = openIfThere(root, path, O_PATH | flags);
  if (descriptor === undefined) return undefined;
  try {
    return look(descriptor, fstatSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function openIfThere(root: string, path: string, flags: number): number | undefined {
  for (let retries = RACE_RETRIES; ; retries--) {
    try {
      return openInRoot(root, path, flags);
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (NOT_THERE.includes(code)) return undefined;
      if (code !== 'EAGAIN' || retries === 0) throw error;
    }
  }
}

/**
 * Bytes of a regular file that was opened to look (O_PATH), valid until the next call.
 * @param path names it in errors
 * @throws GantryError `invalid` for what is no regular file, or larger than 4 MiB
 */
export function readSeenFile(descriptor: number, stats: Stats, path: string): Buffer {
  if (!stats.isFile()) throw new GantryError('invalid', `${path} in the container is not a regular file`);
  if (stats.size > READ_LIMIT) {
    throw new GantryError(
      'invalid',
      `${path} in the container is too large: ${stats.size} bytes of at most ${READ_LIMIT}`,
    );
  }
  return readUpTo(stats.size, openNow(descriptor, path));
}

/** One for all, because buffers are collected late. */
let buffer = Buffer.alloc(0);

function openNow(descriptor: number, path: string): number {
  try {
    return openSeenFile(descriptor);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    throw new GantryError('unavailable', `${path} in the container cannot be read now: a program holds a lease on it`);
  }
}

/** Closes the file. */
function readUpTo(size: number, file: number): Buffer {
  try {
    if (buffer.length < size) buffer = Buffer.allocUnsafeSlow(size);
    let length = 0;
    for (let count = -1; length < size && count !== 0; length += count) {
      count = readSync(file, buffer, length, size - length, length);
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** A path to the file of a descriptor, which stays right when the file is renamed or replaced. */
export function descriptorPath(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}
