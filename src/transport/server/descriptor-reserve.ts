import { closeSync, openSync } from 'node:fs';

/** Enough for a call that looks around, or ends something. */
const SIZE = 16;
const LOOK_MS = 1000;

/** How long a call may use the reserve when another one waits for it. */
const TURN_MS = 2000;

export const NONE_LEFT =
  'too many open files in the engine (Raise its limit: `ulimit -n`, or LimitNOFILE= of its unit)';

interface Connection {
  readonly destroyed: boolean;
  destroy(): unknown;
}

/**
 * Descriptors that are kept for the calls that come when all others are used up: without one a connection cannot even be
 * accepted, and whoever could end something would find no engine. Such calls are served one at a time. One reserve for
 * all listeners of this process.
 */
export class DescriptorReserve {
  #kept: DisposableStack | undefined;
  #last: Connection | undefined;
  #turnEnds = 0;
  #users = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Keeps it until it is disposed of. */
  use(): Disposable {
    if (this.#users++ === 0) this.#timer = setInterval(() => this.look(), LOOK_MS).unref();
    this.look();
    return { [Symbol.dispose]: () => this.#leave() };
  }

  /** Whether a connection is served; else it is refused, since another one has the reserve. */
  admits(connection: Connection): boolean {
    this.look();
    if (this.#kept) return true;
    const now = performance.now();
    if (this.#last && !this.#last.destroyed && now < this.#turnEnds) return false;
    this.#last?.destroy();
    this.#last = connection;
    this.#turnEnds = now + TURN_MS;
    return true;
  }

  /** Gives it away where no descriptor is left, and takes it back where there are some again. */
  look(): void {
    try {
      closeSync(openSync('/dev/null', 'r'));
      if (!this.#kept) this.#fill();
    } catch {
      this.#giveAway();
    }
  }

  /** All or none: what is taken back while there are few would be missed at once. */
  #fill(): void {
    using opened = new DisposableStack();
    for (let count = 0; count < SIZE; count++) {
      const fd = openSync('/dev/null', 'r');
      opened.defer(() => closeSync(fd));
    }
    // One more is left for others.
    closeSync(openSync('/dev/null', 'r'));
    this.#kept = opened.move();
  }

  #giveAway(): void {
    this.#kept?.dispose();
    this.#kept = undefined;
  }

  #leave(): void {
    if (--this.#users > 0) return;
    clearInterval(this.#timer);
    this.#giveAway();
  }
}

export const reserve = new DescriptorReserve();
