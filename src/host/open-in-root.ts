import { closeSync, constants, openSync } from 'node:fs';
import { check, libc } from './libc.js';

/** Numbers of <linux/openat2.h> and <sys/syscall.h>. */
const RESOLVE_IN_ROOT = 0x10;
const SYS_OPENAT2 = 437;
const O_CLOEXEC = 0o2000000;

interface OpenHow {
  readonly flags: number;
  readonly mode: number;
  readonly resolve: number;
}

/**
 * Opens a path as a process whose root is `root` would: `..` and links, absolute ones too, end inside it.
 * The caller closes the descriptor.
 * @param flags of open(2); add `O_PATH` to look without touching
 * @throws SystemError
 */
export function openInRoot(root: string, path: string, flags: number, mode = 0): number {
  const directory = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const relative = path.replace(/^\/+/, '') || '.';
    return openat2(directory, relative, { flags, mode, resolve: RESOLVE_IN_ROOT }, path);
  } finally {
    closeSync(directory);
  }
}

/**
 * Opens a path below an open directory, with openat2(2).
 * @param path text, or bytes that end with a zero
 * @param subject the path in the error
 * @throws SystemError
 */
export function openat2(directoryFd: number, path: string | Buffer, how: OpenHow, subject: string): number {
  const { openat2: call, openHowSize } = libc();
  const flags = how.flags | O_CLOEXEC;
  return check(call(SYS_OPENAT2, directoryFd, path as never, { ...how, flags }, openHowSize), 'openat2', subject);
}
