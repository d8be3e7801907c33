import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from '../../../host/index.js';
import type { Bundle } from './bundle.js';

/** What becomes of a signal that a container's first process is sent. */
type Fate =
  /** The program has not begun: the runtime is still preparing what runs as its process. */
  | 'too early'
  /** The kernel drops it: the first process of a process namespace is spared what it does not handle. */
  | 'dropped'
  /** The program handles, blocks or ignores it, or ends by it. */
  | 'taken';

/** @throws where a living process cannot be looked at */
export function fateOf(signal: number, { pid }: ProcessIdentity, bundle: Bundle): Fate {
  const status = textOf(`/proc/${pid}/status`);
  const line = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  // runc changes the name of its process, crun keeps its command line.
  if (line('Name').startsWith('runc:[')) return 'too early';
  if (textOf(`/proc/${pid}/cmdline`).includes(`\0--bundle\0${bundle.path}\0`)) return 'too early';
  const isFirst = line('NSpid').split(/\s+/).at(-1) === '1';
  const bit = 1n << BigInt(signal - 1);
  const isSettled = ['SigBlk', 'SigIgn', 'SigCgt'].some((name) => (BigInt(`0x${line(name) || '0'}`) & bit) !== 0n);
  return isFirst && !isSettled ? 'dropped' : 'taken';
}

/** Empty for a process that has ended. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
