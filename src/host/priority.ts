import { libc } from './libc.js';

const SCHED_FIFO = 1;
/** What the process starts has the usual priority. */
const SCHED_RESET_ON_FORK = 0x4000_0000;

/** Lets a process go before all usual ones, and before what it starts itself. Without the right to do so it stays as it is. */
export function goFirst(pid: number): void {
  libc().schedSetscheduler(pid, SCHED_FIFO | SCHED_RESET_ON_FORK, new Int32Array([1]));
}
