import { closeSync, constants, openSync } from 'node:fs';
import { check, libc } from './libc.js';

/** Numbers of <linux/openat2.h> and <sys/syscall.h>. */
const RESOLVE_IN_ROOT = 0x10;
const SYS_OPENAT2 = 437;

/**
 * Opens a path as a process whose root is `root` would: `..` and links, absolute ones too, end inside it.
 * The caller closes the descriptor.
 * @param flags of open(2); add `O_PATH` to look without touching
 * @throws SystemError
 */
export function openInRoot(root: string, path: string, flags: number, mode = 0): number {
  const directory = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const how = { flags: flags | 0o2000000 /* O_CLOEXEC */, mode, resolve: RESOLVE_IN_ROOT };
    const relative = path.replace(/^\/+/, '') || '.';
    return check(libc().openat2(SYS_OPENAT2, directory, relative, how, libc().openHowSize), 'openat2', path);
  } finally {
    closeSync(directory);
  }
}
