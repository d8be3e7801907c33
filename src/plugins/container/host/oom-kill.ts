import { closeSync, constants, openSync, readSync } from 'node:fs';

/** The kernel writes a record at once, and no record is longer. */
const RECORD_BYTES = 8192;
/**
 * All other messages of the kernel about a control group concern memory. It writes such a line piece by piece: a
 * message of another processor in between makes several records of it, so that a path may be alone in its record.
 */
const NO_FORK = 'fork rejected';

/** Whether the kernel's log reports a process of this container that was killed because it was out of memory. */
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
      // The kernel has dropped the next records: those after them follow.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return;
    }
  }
}
