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
