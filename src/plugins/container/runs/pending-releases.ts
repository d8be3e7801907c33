import type { RunDependencies } from './dependencies.js';

interface Release {
  readonly work: () => Promise<unknown>;
  readonly reason: string;
}

/** Releases that have failed. Each is tried again until it succeeds, and hinders no other; the log has each reason once. */
export class PendingReleases {
  readonly #pending = new Map<string, Release>();
  #isRetrying = false;

  constructor(private readonly services: Pick<RunDependencies, 'log' | 'network' | 'store'>) {}

  /**
   * Does it now, or at a later `retry`: so it has to look whether it is still right.
   * @param what tells it from others, and stands before the reason in the log
   */
  async attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.#pending.delete(what);
    } catch (error) {
      const reason = String(error);
      if (this.#pending.get(what)?.reason !== reason) this.services.log.warn(`${what}: ${reason}`);
      this.#pending.set(what, { work, reason });
    }
  }

  /** Tries again what has failed, and releases addresses and ports that another process could not release. */
  async retry(): Promise<void> {
    if (this.#isRetrying) return;
    this.#isRetrying = true;
    const { network, store } = this.services;
    for (const [what, { work }] of [...this.#pending]) await this.attempt(what, work);
    await this.attempt('addresses and ports', () => network.releaseStale(() => store.activeIds()));
    this.#isRetrying = false;
  }
}
