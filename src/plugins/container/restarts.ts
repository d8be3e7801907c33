import type { ContainerStore } from './store.js';

const LONGEST_TIMER_MS = 60_000;

/** Starts containers again when their restart policies say so. What is due is in the database: a daemon that dies forgets nothing. */
export class Restarts {
  #timer: NodeJS.Timeout | undefined;
  #begun = false;

  constructor(
    private readonly store: ContainerStore,
    private readonly restart: (id: string) => Promise<void>,
  ) {}

  begin(): void {
    this.#begun = true;
    this.store.awaitAlways(Date.now());
    this.look();
  }

  /** Starts what is due, and looks again when the next one is. */
  look(): void {
    if (!this.#begun) return;
    clearTimeout(this.#timer);
    const now = Date.now();
    const waiting = this.store.awaitingRestart();
    for (const { id, at } of waiting) if (at <= now) void this.restart(id);
    const next = waiting.find(({ at }) => at > now);
    if (next) this.#timer = setTimeout(() => this.look(), Math.min(next.at - now, LONGEST_TIMER_MS)).unref();
  }

  stop(): void {
    this.#begun = false;
    clearTimeout(this.#timer);
  }
}
