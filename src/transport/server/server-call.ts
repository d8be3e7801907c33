import { type Client, type ClientTerminal, type Failure, GantryError } from '../../kernel/contracts/index.js';
import { failureText } from '../../kernel/text/index.js';

/** A call under way, as the listener sees it. */
export interface Call {
  /** Notifies the call that the daemon stops. */
  abandon(): void;
  /** Settles when the outcome is on its way and the connection is closing. Never rejects. */
  readonly done: Promise<void>;
}

/** The reason of a call's `gone` whose daemon stops: without it, a call that is cut short would seem to have ended well. */
export function daemonStopped(): GantryError {
  return new GantryError('unavailable', 'The daemon was stopped before the command ended', {
    hint: 'containers run on, and the command can be given again when a daemon runs',
    exitCode: 125,
  });
}

/** The reason of a call's `gone` whose client nobody can tell anything any more. */
export function clientGone(): GantryError {
  return new GantryError('unavailable', 'The client has gone');
}

/** The terminal of a client that has none. */
const NO_TERMINAL: ClientTerminal = {
  stdin: false,
  stdout: false,
  stderr: false,
  size: undefined,
  onResize: () => {},
  setRaw: () => {},
};

/** The parts of a client that sends nothing about itself. */
export const BARE_CLIENT = { terminal: NO_TERMINAL, env: {}, cwd: '/', onSignal: () => {} } satisfies Partial<Client>;

/** A failure as v1 and http show it, with its hint: what to try, or how the command is used. */
export function failureLine(failure: Failure): string {
  return `Error: ${failureText(failure, '')}`;
}
