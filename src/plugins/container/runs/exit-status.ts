import { bootId } from '../../../host/index.js';
import type { ExitStatus } from '../contracts/index.js';
import type { Bundle } from '../host/index.js';
import { exitCodeOfFailure, programFailure } from '../oci/index.js';

/** The shell's exit code for an unknown one. */
const UNKNOWN_EXIT_CODE = 255;

/** Reads the exit status of a run from the files of its monitor. */
export function readExitStatus(bundle: Bundle, boot: string): ExitStatus {
  const exitCode = bundle.exitCode();
  const failure = bundle.failure();
  const error = failure === undefined ? undefined : programFailure(failure);
  // The runtime may also log errors that came after the program's own end.
  const hasRun = bundle.pid() !== undefined && exitCode !== undefined && error?.kind === 'unavailable';
  if (error && !hasRun) return { exitCode: exitCodeOfFailure(error), error: error.message };
  if (exitCode !== undefined) return { exitCode, error: '' };
  if (boot !== bootId()) return { exitCode: UNKNOWN_EXIT_CODE, error: 'the machine was restarted while it ran' };
  const reason = bundle.pid()
    ? 'its monitor was killed, so that its exit code is not known'
    : 'the engine was killed while it was starting';
  return { exitCode: UNKNOWN_EXIT_CODE, error: reason };
}
