import { setTimeout as sleep } from 'node:timers/promises';
import type { Health, HealthProbe } from '../contracts/index.js';
import { type CheckedContainer, probe } from './probe.js';

/** An image may ask for a check each millisecond, and each starts a runtime. */
const SHORTEST_PAUSE_MS = 100;
const KEPT_PROBES = 5;

const STARTING: Health = { status: 'starting', failingStreak: 0, log: [] };

/** Runs the health checks of one run until that ends. */
export class HealthChecker {
  readonly #ended = new AbortController();
  /** When failures begin to count, by the monotonic clock. */
  #startPeriodEnd = 0;

  constructor(private readonly container: CheckedContainer) {}

  /**
   * @param startedAt milliseconds since 1970
   * @param before the result that an engine that has died recorded for this run
   * @param report receives each result, and handles its own failures
   */
  async run(startedAt: number, before: Health | undefined, report: (health: Health) => Promise<void>): Promise<void> {
    const { startPeriod, retries } = this.container.check;
    // A clock that was set since the start makes the period no longer than it is.
    const age = Math.max(0, Date.now() - startedAt);
    this.#startPeriodEnd = performance.now() + startPeriod - age;
    let health = before ?? STARTING;
    if (!before) await report(health);
    while (await this.#pause(health)) {
      const inStartPeriod = this.#inStartPeriod(health);
      const found = await probe(this.container, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
      if (!found) continue;
      health = healthAfter(health, found, retries, inStartPeriod);
      await report(health);
    }
  }

  stop(): void {
    this.#ended.abort();
  }

  /** False when the run has ended. */
  async #pause(health: Health): Promise<boolean> {
    const { startInterval, interval } = this.container.check;
    const wanted = this.#inStartPeriod(health) ? Math.min(startInterval, interval) : interval;
    const pause = Math.max(wanted, SHORTEST_PAUSE_MS);
    try {
      await sleep(pause, undefined, { signal: this.#ended.signal, ref: false });
      return true;
    } catch {
      return false;
    }
  }

  #inStartPeriod({ status }: Health): boolean {
    return status === 'starting' && performance.now() < this.#startPeriodEnd;
  }
}

/** Docker's rules: one success is enough, failures must follow each other, and those of the start period do not count. */
function healthAfter(before: Health, found: HealthProbe, retries: number, inStartPeriod: boolean): Health {
  const log = [...before.log, found].slice(-KEPT_PROBES);
  if (found.exitCode === 0) return { status: 'healthy', failingStreak: 0, log };
  if (inStartPeriod) return { ...before, log };
  const failingStreak = before.failingStreak + 1;
  return { status: failingStreak >= retries ? 'unhealthy' : before.status, failingStreak, log };
}
