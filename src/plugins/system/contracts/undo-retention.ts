/** Something that was removed and can be brought back. */
export interface Removed {
  readonly id: string;
  /** Empty for what had none. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly removed: number;
}

/** Limits of what can be undone, for containers and for images each: age in milliseconds, number, total bytes. */
const UNDO_LIMITS = { age: 24 * 3_600_000, count: 100, bytes: 4 * 2 ** 30 };

/**
 * Those that are deleted for good: the oldest ones beyond the limits, and all where the disk is nearly full.
 * @param removed with their age and bytes, the newest first
 */
export function beyondRetention<T extends { readonly age: number; readonly size: number }>(
  removed: readonly T[],
  isDiskNearlyFull: boolean,
): readonly T[] {
  let total = 0;
  return removed.filter(({ age, size }, index) => {
    total += size;
    const isKept = index < UNDO_LIMITS.count && age < UNDO_LIMITS.age && total < UNDO_LIMITS.bytes;
    return isDiskNearlyFull || !isKept;
  });
}
