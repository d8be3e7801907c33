import type { Client, ClientTerminal, Failure } from '../../kernel/contracts/index.js';

/** A call under way, as the listener sees it. */
export interface Call {
  /** Notifies the call that its client has gone. */
  abandon(): void;
  /** Settles when the outcome is on its way and the connection is closing. Never rejects. */
  readonly done: Promise<void>;
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

/** A failure as v1 and http show it. */
export function failureLine(failure: Pick<Failure, 'message'>): string {
  return `Error: ${failure.message}\n`;
}
