import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { libc } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';

/** Numbers of <sys/file.h>. */
const [LOCK_EX, LOCK_NB] = [2, 4];
const PAUSE_MS = 5;
/** Longer than what is done under it may take. */
const PATIENCE_MS = 25_000;

/**
 * Does work while no other process, and nobody else in this one, does work under the same file. The kernel unlocks the
 * file when its process ends.
 * @throws GantryError `unavailable` where others hold it for too long
 */
export async function withFileLock<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a', 0o600);
  try {
    for (const deadline = performance.now() + PATIENCE_MS; libc().flock(file, LOCK_EX | LOCK_NB) !== 0; ) {
      if (performance.now() > deadline) throw new GantryError('unavailable', `others keep ${path} locked`);
      await sleep(PAUSE_MS);
    }
    return await work();
  } finally {
    closeSync(file);
  }
}
