/** Something that was removed and can be brought back. */
export interface Removed {
  readonly id: string;
  /** Empty for what had none. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly removed: number;
}

/** Limits of what can be undone, for containers and for images each: age in milliseconds, number, total bytes. */
export const UNDO_LIMITS = { age: 24 * 3_600_000, count: 100, bytes: 4 * 2 ** 30 };
