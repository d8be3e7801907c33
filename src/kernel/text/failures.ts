import { type CommandMetadata, type Failure, GantryError, type Outcome } from '../contracts/index.js';
import { firstError } from './first-error.js';
import { plain } from './printable.js';
import { systemFailure } from './system-failure.js';

/** Docker's, for its own failures. */
const BAD_USAGE = 125;
const NOT_EXECUTABLE = 126;
const NO_SUCH_PROGRAM = 127;

/** The exit code of a command that failed, 1 to 255. */
export function exitCodeOf(thrown: unknown, metadata?: Pick<CommandMetadata, 'failureExitCode'>): number {
  const error = firstError(thrown);
  if (error instanceof GantryError) {
    if (error.exitCode !== undefined) return error.exitCode;
    if (error.kind === 'usage') return BAD_USAGE;
    if (error.kind === 'not executable') return NOT_EXECUTABLE;
    if (error.kind === 'no such program') return NO_SUCH_PROGRAM;
  }
  return metadata?.failureExitCode ?? 1;
}

/** The failure that crosses the wire for an error. What is no `GantryError` is a bug, told in one line without a stack. */
export function failureOf(thrown: unknown): Failure {
  const error = firstError(thrown);
  const known = error instanceof GantryError ? error : systemFailure(error);
  if (!known) return { kind: 'internal', message: `internal error: ${firstLine(error)}` };
  const { kind, message, hint } = known;
  return hint === undefined ? { kind, message } : { kind, message, hint };
}

/** How a process ends that could not even begin to answer. */
export function outcomeOf(error: unknown): Outcome {
  return { exitCode: exitCodeOf(error, { failureExitCode: BAD_USAGE }), failure: failureOf(error) };
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.split('\n', 1)[0] ?? '';
}

/**
 * The text of a failure for a person, on stderr. A usage failure is Docker's block of message, usage and where to find
 * help, its hint being all lines but the first; any other is one line, with the hint in brackets.
 * @param prefix of an engine's failure: `Error response from daemon: `
 */
export function failureText(failure: Failure, prefix: string): string {
  const { kind, message, hint } = failure;
  if (kind !== 'usage') return `${prefix}${plain(message)}${hint ? ` (${plain(hint)})` : ''}\n`;
  return hint ? `${plain(message)}\n\n${hint.split('\n').map(plain).join('\n')}\n` : `${plain(message)}\n`;
}
