import { GantryError } from '../../../kernel/index.js';
import type { Bundle } from '../host/index.js';

/** Reads the reason why a container did not start from the runtime's log. */
export function startFailure(bundle: Bundle): GantryError {
  const reason = bundle.failure();
  return reason === undefined
    ? new GantryError(
        'unavailable',
        `Failed to start the container: the runtime gave no reason (exit code ${bundle.exitCode()})`,
      )
    : programFailure(reason);
}

/** The runtime distinguishes these two by text alone; both crun and runc end with the system's words for the errno. */
export function programFailure(reason: string, what = 'Failed to start the container'): GantryError {
  if (/permission denied|exec format error/i.test(reason) && /exec/i.test(reason)) {
    return new GantryError('not executable', `${what}: ${reason}`);
  }
  if (/no such file or directory|not found/i.test(reason) && /exec/i.test(reason)) {
    return new GantryError('no such program', `${what}: ${reason}`);
  }
  return new GantryError('unavailable', `${what}: ${reason}`);
}

/** The exit code that `inspect` shows for a container that did not start. */
export function exitCodeOfFailure(error: unknown): number {
  if (!(error instanceof GantryError)) return 125;
  if (error.kind === 'not executable') return 126;
  return error.kind === 'no such program' ? 127 : 125;
}
