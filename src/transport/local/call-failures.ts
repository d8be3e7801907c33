import type { Failure, Outcome } from '../../kernel/contracts/index.js';

/** 128 and the number of SIGPIPE: what a shell sees of a process that wrote to a closed pipe. */
const BROKEN_PIPE: Outcome = { exitCode: 141 };

/** How a call ends when this side's output takes no more. */
export function outputFailure(error: NodeJS.ErrnoException): Outcome {
  if (error.code === 'EPIPE') return BROKEN_PIPE;
  if (isGantryError(error)) return failed(error.kind, error.message, error.hint);
  return failed('unavailable', `Cannot write the output: ${error.code ?? error.message}`);
}

/** How a call ends that could not reach its daemon. */
export function connectionFailure(address: string, error: NodeJS.ErrnoException): Outcome {
  if (isGantryError(error)) return failed(error.kind, error.message, error.hint);
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    const hint = 'become root, or ask for membership of the docker group';
    return failed('denied', `Permission denied while trying to connect to the daemon at ${address}`, hint);
  }
  return failed('unavailable', `Cannot connect to the daemon at ${address}: ${error.code ?? error.message}`);
}

export function lostConnection(address: string, why?: string): Outcome {
  const detail = why === undefined ? '' : `: ${why}`;
  return failed('unavailable', `The connection to the daemon at ${address} was lost before the command ended${detail}`);
}

/** How a call ends whose server answered with a line of text instead of frames. */
export function refusal(address: string, text: string): Outcome {
  const [, message] = /^Error: ([^\n]*)/.exec(text) ?? [];
  if (message === undefined) return failed('unavailable', `What listens at ${address} does not speak rcli`);
  return failed(message.startsWith('Permission denied') ? 'denied' : 'invalid', message);
}

export function outcomeFromWire(address: string, payload: Buffer): Outcome {
  try {
    const { exitCode, failure } = JSON.parse(payload.toString()) as Partial<Outcome>;
    const isCode = Number.isInteger(exitCode) && Number(exitCode) >= 0 && Number(exitCode) <= 255;
    if (isCode && failure === undefined) return { exitCode: Number(exitCode) };
    if (isCode && isFailure(failure)) return { exitCode: Number(exitCode), failure };
  } catch {}
  return lostConnection(address, 'its outcome cannot be read');
}

/** A daemon's words become this process's own: only what is all text counts as a failure. */
function isFailure(value: unknown): value is Failure {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, message, hint } = value as Record<string, unknown>;
  return typeof kind === 'string' && typeof message === 'string' && (hint === undefined || typeof hint === 'string');
}

/** Told by its name: its class would have to be loaded. */
function isGantryError(error: Error): error is Error & Failure {
  return error.name === 'GantryError';
}

function failed(kind: Failure['kind'], message: string, hint?: string): Outcome {
  return { exitCode: 1, failure: hint === undefined ? { kind, message } : { kind, message, hint } };
}
