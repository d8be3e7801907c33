import { setTimeout as sleep } from 'node:timers/promises';

/** How long an engine may take to come to rest. */
const REST_MS = 12_000;
const PAUSE_MS = 100;

/** Looks again until nothing is found, or the engine has had its time. */
export async function lasting(look: () => Promise<string[]> | string[]): Promise<string[]> {
  const end = performance.now() + REST_MS;
  for (;;) {
    const found = await look();
    if (found.length === 0 || performance.now() > end) return found;
    await sleep(PAUSE_MS);
  }
}
