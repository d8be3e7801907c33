import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { openInRoot } from '../host/index.js';
import { GantryError } from '../kernel/contracts/index.js';

/** Looks without touching: opening a FIFO, a device or a socket this way has no effect on it. */
const O_PATH = 0o1000_0000;
const READ_LIMIT = 8 * 1024 * 1024;
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
 * Text of a regular file of the root; undefined where there is none. Never opens anything but a regular file.
 * @throws GantryError `invalid` for what is no regular file, or larger than 8 MiB
 */
export function readInRoot(root: string, path: string): string | undefined {
  return lookInRoot(root, path, (descriptor, stats) => {
    if (!stats.isFile()) throw new GantryError('invalid', `${path} in the image is not a regular file`);
    if (stats.size > READ_LIMIT) {
      throw new GantryError(
        'invalid',
        `${path} in the image is too large: ${stats.size} bytes of at most ${READ_LIMIT}`,
      );
    }
    return readUpTo(stats.size, descriptor);
  });
}

function readUpTo(size: number, descriptor: number): string {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  const file = openSync(descriptorPath(descriptor), flags);
  try {
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    for (let count = -1; length < size && count !== 0; length += count) {
      count = readSync(file, bytes, length, size - length, length);
    }
    return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(file);
  }
}

/** A path to the file of a descriptor, which stays right when the file is renamed or replaced. */
export function descriptorPath(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}
