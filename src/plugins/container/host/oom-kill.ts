import { closeSync, constants, openSync, readSync } from 'node:fs';

/** The kernel writes a record at once, and none is longer. */
const RECORD_BYTES = 8192;
/**
 * All else that the kernel says of a control group is about its memory. It writes such a line piece by piece: what another
 * processor says meanwhile makes several records of it, so that a path may stand alone.
 */
const NO_FORK = 'fork rejected';

/** Whether the kernel's log tells of a process of this container that was killed for want of memory. */
export function wasOomKilled(id: string): boolean {
  let fd: number;
  try {
    fd = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  try {
    for (const record of kernelLogRecords(fd))
      if (record.includes(`/gantry/${id}`) && !record.includes(NO_FORK)) return true;
    return false;
  } finally {
    closeSync(fd);
  }
}

function* kernelLogRecords(fd: number): Generator<string> {
  const buffer = Buffer.alloc(RECORD_BYTES);
  for (;;) {
    try {
      yield buffer.toString('latin1', 0, readSync(fd, buffer));
    } catch (error) {
      // The kernel has thrown away what was to come next: the rest follows.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return;
    }
  }
}
