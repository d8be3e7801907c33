import { createHash } from 'node:crypto';

/** Chance that can be repeated: the same seed gives the same numbers (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A chance of its own for what the words name. */
  static of(...words: (string | number)[]): Chance {
    return new Chance(createHash('sha256').update(words.join(' ')).digest().readUInt32LE());
  }

  /** At least 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** In place. */
  shuffle(all: unknown[]): void {
    for (let at = all.length - 1; at > 0; at--) {
      const other = this.between(0, at);
      [all[at], all[other]] = [all[other], all[at]];
    }
  }

  of<T>(all: readonly T[]): T | undefined {
    return all[this.between(0, all.length - 1)];
  }
}
