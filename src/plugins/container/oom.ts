import { closeSync, constants, openSync, readSync } from 'node:fs';

/** The kernel writes a record at once, and none is longer. */
const RECORD_BYTES = 8192;

/** Whether the kernel's log tells of a process of this container that was killed for want of memory. */
export function wasOomKilled(id: string): boolean {
  let fd: number;
  try {
    fd = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  try {
    const mark = `/gantry/${id}`;
    for (const record of recordsOf(fd)) if (record.includes('oom-kill:') && record.includes(mark)) return true;
    return false;
  } finally {
    closeSync(fd);
  }
}

function* recordsOf(fd: number): Generator<string> {
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
