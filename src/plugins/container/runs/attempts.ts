import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../system/index.js';

const AGAIN_MS = 1000;

/** Work on a container whose failure is no caller's: the log says why. */
export class Attempts {
  /** @param ending aborts when this process stops */
  constructor(
    private readonly log: Log,
    private readonly ending: AbortSignal,
  ) {}

  /** False where it failed. */
  async once(id: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.log.warn(`container ${id}: ${String(error)}`);
      return false;
    }
  }

  /** Tries until it succeeds. False where this process stops before. */
  async untilDone(id: string, work: () => Promise<unknown>): Promise<boolean> {
    while (!(await this.once(id, work))) {
      if (this.ending.aborted) return false;
      await sleep(AGAIN_MS);
    }
    return true;
  }
}
