import { statfsSync } from 'node:fs';

/** Something that was removed and can be brought back. */
export interface Removed {
  readonly id: string;
  /** Empty for what had none. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly removed: number;
}

const LEAST_FREE_BYTES = 256 * 2 ** 20;
const LEAST_FREE_PART = 0.05;

/** Whether what was removed has to make room at once: a disk that is nearly full. */
export function isDiskNearlyFull(root: string): boolean {
  const { bavail, bsize, blocks } = statfsSync(root);
  return bavail * bsize < LEAST_FREE_BYTES && bavail < blocks * LEAST_FREE_PART;
}

/** How long, how many, and how large: of containers and of images, each. */
export const UNDO_LIMITS = { age: 24 * 3_600_000, count: 100, bytes: 4 * 2 ** 30 };
