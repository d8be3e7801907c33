const MAX_TIMER_MS = 2 ** 31 - 1;

/** Waits with a signal that aborts after some milliseconds; negative: never. The timer ends with the wait. */
export async function forAtMost<T>(milliseconds: number, wait: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const end = (): void => limit.abort();
  const timer = milliseconds < 0 ? undefined : setTimeout(end, Math.min(milliseconds, MAX_TIMER_MS));
  return wait(limit.signal).finally(() => clearTimeout(timer));
}
