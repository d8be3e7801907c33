import { setTimeout as sleep } from 'node:timers/promises';
import { GantryError } from '../../../kernel/index.js';
import { discard } from './body.js';
import { Interrupted } from './connection-failure.js';
import type { HttpResponse } from './exchange.js';

const RETRIES = 3;
const FIRST_PAUSE_MS = 250;
const MAX_RETRY_AFTER_S = 60;
const TRANSIENT: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** So many bytes between two failures count as progress: a connection that breaks often still comes to its end. */
const PROGRESS = 256 * 1024;

/** Counts retries after failures that may be transient. */
export class RetryBudget {
  #failures = 0;

  constructor(private readonly signal: AbortSignal) {}

  /** Begins anew where enough bytes have passed since the last failure. */
  passed(bytes: number): void {
    if (bytes >= PROGRESS) this.#failures = 0;
  }

  /**
   * Waits before the next attempt.
   * @throws `error` as an error for the user, when no attempt is left
   */
  async after(error: unknown, wait?: number): Promise<void> {
    if (!(error instanceof Interrupted)) throw error;
    if (++this.#failures > RETRIES) throw new GantryError('unavailable', error.message, { cause: error });
    const pause = FIRST_PAUSE_MS * 2 ** (this.#failures - 1);
    await sleep(wait ?? pause + Math.random() * pause, undefined, { signal: this.signal });
  }
}

/**
 * Sends a request, and repeats it after transient failures, at most three times.
 * @throws GantryError; the signal's reason
 */
export async function withRetries(signal: AbortSignal, ask: () => Promise<HttpResponse>): Promise<HttpResponse> {
  const patience = new RetryBudget(signal);
  for (;;) {
    try {
      const answer = await ask();
      if (!TRANSIENT.has(answer.status)) return answer;
      discard(answer.body);
      const words = answer.status === 429 ? 'too many requests' : `it fails (HTTP status ${answer.status})`;
      await patience.after(new Interrupted(`registry ${answer.url.host}: ${words}`), retryAfter(answer));
    } catch (error) {
      signal.throwIfAborted();
      await patience.after(error);
    }
  }
}

/** The pause of `Retry-After` in milliseconds. @throws GantryError `unavailable` where that is too long to wait */
function retryAfter({ headers, url }: HttpResponse): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return undefined;
  if (seconds > MAX_RETRY_AFTER_S) {
    throw new GantryError(
      'unavailable',
      `registry ${url.host}: too many requests, try again in ${Math.ceil(seconds)} s`,
    );
  }
  return Math.max(0, seconds * 1000);
}
