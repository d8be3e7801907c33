import type { ContainerStore, ScheduledRestart } from '../records/index.js';

const MAX_TIMER_MS = 60_000;

/** When a restart is due, on the monotonic clock. */
interface DueTime {
  /** The time of day in the database, which tells this restart from a later one. */
  readonly scheduled: number;
  readonly at: number;
}

/**
 * Restarts containers when their restart policies ask for it. Due times are in the database, so that a daemon that dies
 * loses none. There they are times of day, for people: a daemon turns each into a time of the monotonic clock when it
 * sees it first, at most the delay away, so that a clock that is set neither hurries nor holds up a restart.
 */
export class RestartScheduler {
  #due = new Map<string, DueTime>();
  #timer: NodeJS.Timeout | undefined;
  #isStarted = false;

  constructor(
    private readonly store: ContainerStore,
    private readonly restart: (id: string) => Promise<unknown>,
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
    const now = performance.now();
    this.#due = new Map(this.store.dueRestarts().map((restart) => [restart.id, this.#dueTime(restart, now)]));
    let next = now + MAX_TIMER_MS;
    for (const [id, { at }] of this.#due) {
      if (at <= now) void this.restart(id);
      else next = Math.min(next, at);
    }
    if (this.#due.size > 0) this.#timer = setTimeout(() => this.startDue(), next - now).unref();
  }

  #dueTime({ id, at: scheduled, delay }: ScheduledRestart, now: number): DueTime {
    const seen = this.#due.get(id);
    if (seen?.scheduled === scheduled) return seen;
    return { scheduled, at: now + Math.min(Math.max(scheduled - Date.now(), 0), delay) };
  }

  stop(): void {
    this.#isStarted = false;
    clearTimeout(this.#timer);
  }
}
