import { constants } from 'node:os';
import { type CommandContext, GantryError } from '../../../kernel/index.js';

const ENDING_SIGNALS: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'];

/** Forwards a client's signals to a program. Signals that come before the program runs are sent when it does. */
export class SignalProxy {
  #send: ((signal: NodeJS.Signals) => Promise<void>) | undefined;
  readonly #early: NodeJS.Signals[] = [];
  readonly #interrupted = new AbortController();

  constructor(context: CommandContext) {
    context.onSignal((signal) => {
      if (this.#send) return this.#pass(signal);
      this.#early.push(signal);
      if (!ENDING_SIGNALS.includes(signal)) return;
      const exitCode = 128 + constants.signals[signal];
      this.#interrupted.abort(new GantryError('unavailable', `Interrupted by ${signal} while it waited`, { exitCode }));
    });
  }

  /** Aborts at the user's wish to end, where the program does not run yet. */
  get interrupted(): AbortSignal {
    return this.#interrupted.signal;
  }

  /** Call it when the program runs. */
  start(send: (signal: NodeJS.Signals) => Promise<void>): void {
    this.#send = send;
    for (const signal of this.#early) this.#pass(signal);
  }

  #pass(signal: NodeJS.Signals): void {
    // It may have ended by itself.
    void this.#send?.(signal).catch(() => {});
  }
}
