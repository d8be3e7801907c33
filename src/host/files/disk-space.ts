import { statfsSync } from 'node:fs';

const LEAST_FREE_BYTES = 256 * 2 ** 20;
const LEAST_FREE_PART = 0.05;

/** Whether a disk is nearly full, so that removed objects have to free their space at once. */
export function isDiskNearlyFull(root: string): boolean {
  const { bavail, bsize, blocks } = statfsSync(root);
  return bavail * bsize < LEAST_FREE_BYTES && bavail < blocks * LEAST_FREE_PART;
}
