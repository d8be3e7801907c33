import type { ContainerStore } from '../records/index.js';

const MAX_TIMER_MS = 60_000;

/**
 * Restarts containers when their restart policies ask for it. Due times are in the database, so that a daemon that dies
 * loses none.
 */
export class RestartScheduler {
  #timer: NodeJS.Timeout | undefined;
  #isStarted = false;

  constructor(
    private readonly store: ContainerStore,
    private readonly restart: (id: string) => Promise<void>,
  ) {}

  start(): void {
    this.#isStarted = true;
    this.store.scheduleAlways(Date.now());
    this.startDue();
  }

  /** Starts the due ones, and sets a timer for the next. */
  startDue(): void {
    if (!this.#isStarted) return;
    clearTimeout(this.#timer);
    const now = Date.now();
    const waiting = this.store.dueRestarts();
    for (const { id, at } of waiting) if (at <= now) void this.restart(id);
    const next = waiting.find(({ at }) => at > now);
    if (next) this.#timer = setTimeout(() => this.startDue(), Math.min(next.at - now, MAX_TIMER_MS)).unref();
  }

  stop(): void {
    this.#isStarted = false;
    clearTimeout(this.#timer);
  }
}
