import type { ProcessIdentity } from '../../../host/index.js';
import { parseSignal } from '../parsers/index.js';
import type { StoredContainer } from '../records/index.js';

/** An image may contain anything; an invalid signal is ignored. */
export function stopSignalOf({ config }: StoredContainer): NodeJS.Signals | number {
  try {
    return parseSignal(config.process.StopSignal || 'TERM');
  } catch {
    return 'SIGTERM';
  }
}

/** A process that has ended needs no signal. */
export function sendSignal(target: ProcessIdentity, signal: NodeJS.Signals | number): void {
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
