import type { CommandContext } from '../../../kernel/index.js';

/** Forwards a client's signals to a program. Signals that come before the program runs are sent when it does. */
export class SignalProxy {
  #send: ((signal: NodeJS.Signals) => Promise<void>) | undefined;
  readonly #early: NodeJS.Signals[] = [];

  constructor(context: CommandContext) {
    context.onSignal((signal) => (this.#send ? this.#pass(signal) : void this.#early.push(signal)));
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
