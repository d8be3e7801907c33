import { bootId, isAlive, type ProcessIdentity } from '../system/index.js';
import type { Bundle } from './bundle.js';
import { openForWriting } from './fifo.js';
import { ContainerInput } from './run.js';
import type { StoredContainer } from './stored-container.js';

/** A run that was taken over has its input only where that outlives clients. */
export function reopenInput({ config }: StoredContainer, bundle: Bundle): ContainerInput | undefined {
  if (!config.openStdin || (config.stdinOnce && !config.tty)) return undefined;
  try {
    return new ContainerInput(openForWriting(bundle.stdin), false);
  } catch (error) {
    // It has ended in between.
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return undefined;
    throw error;
  }
}

/** Nothing that was there before a boot lives, whatever has its pid and start time by now. */
export function lives({ boot }: StoredContainer, process: ProcessIdentity | undefined): boolean {
  return process !== undefined && boot === bootId() && isAlive(process);
}
