import { libc } from './libc.js';

/** Asks for the group without changing it. */
const NO_GROUP = 0xffff_ffff;

/**
 * Makes files of a group's: no path has to be named again for that, which could lead elsewhere by then.
 * @param make must not wait: the group is this thread's. It is told whether this process may give files to the group
 */
export function inFileGroup<T>(gid: number, make: (isGiven: boolean) => T): T {
  const former = libc().setfsgid(gid);
  try {
    return make(libc().setfsgid(NO_GROUP) === gid);
  } finally {
    libc().setfsgid(former);
  }
}
