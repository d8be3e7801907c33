import type { Arbitrary } from 'fast-check';
import { GantryError } from '../../src/kernel/contracts/index.js';

/** A reader of what strangers write: the inputs that it gets, and what is true of each. */
export interface Target<T = unknown> {
  /** Inputs for which something is known to have been wrong once, and usual ones. */
  readonly corpus?: readonly T[];
  readonly inputs: Arbitrary<T>;
  /** Throws where what has to be true of an input is not. */
  check(input: T): void | Promise<void>;
  /** Ends what the target has started. */
  close?(): void;
}

/**
 * What a reader makes of an input; undefined where it refuses it in words.
 * @param refusals classes of errors that are refusals, besides `GantryError`
 * @throws any other error of the reader: a bug
 */
export function taken<T>(
  read: () => T,
  ...refusals: readonly (abstract new (
    ...args: never[]
  ) => Error)[]
): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isRefusal(error, refusals)) return undefined;
    throw error;
  }
}

function isRefusal(error: unknown, refusals: readonly (abstract new (...args: never[]) => Error)[]): boolean {
  if (refusals.some((refusal) => error instanceof refusal)) return true;
  return error instanceof GantryError;
}
