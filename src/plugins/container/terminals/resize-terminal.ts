import { closeSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { IPty } from 'node-pty';
import { duplicateDescriptor, setTerminalSize } from '../../../host/index.js';

/**
 * Resizes both terminals: the container's is the runtime's, which copies bytes between that and ours. runc forwards
 * sizes, crun before 1.9 does not.
 * @param runtime whether the terminal's program is the runtime, or a shell whose child that is
 */
export function resizeTerminal(terminal: IPty, columns: number, rows: number, runtime: 'itself' | 'its child'): void {
  try {
    terminal.resize(columns, rows);
    for (const [pid, fd] of terminalsOf(runtime === 'itself' ? [terminal.pid] : childrenOf(terminal.pid))) {
      const borrowed = duplicateDescriptor(pid, fd);
      setTerminalSize(borrowed, columns, rows);
      closeSync(borrowed);
    }
  } catch {
    // A runtime that opens and closes descriptors meanwhile, or ends, is no reason to end the container.
  }
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
  return children.trim().split(' ').filter(Boolean).map(Number);
}

/** The master ends of terminals that processes hold: pid and descriptor. */
function terminalsOf(pids: readonly number[]): [number, number][] {
  return pids.flatMap((pid) =>
    readdirSync(`/proc/${pid}/fd`)
      .filter((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).endsWith('/ptmx'))
      .map((fd): [number, number] => [pid, Number(fd)]),
  );
}
