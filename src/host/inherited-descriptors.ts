import { readdirSync } from 'node:fs';
import { libc } from './libc.js';

const F_SETFD = 2;
const FD_CLOEXEC = 1;
const STANDARD = 2;

/**
 * Keeps from children what the starter of this process has left open beside the standard streams. Node does that at its start for low
 * numbers only, and opens nothing itself that children inherit.
 */
export function keepFromChildren(): void {
  // One of them was that of the folder itself, and is closed: the error is nobody's.
  for (const fd of readdirSync('/proc/self/fd').map(Number)) if (fd > STANDARD) libc().fcntl(fd, F_SETFD, FD_CLOEXEC);
}
