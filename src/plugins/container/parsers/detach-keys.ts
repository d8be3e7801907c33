import { GantryError } from '../../../kernel/index.js';

export const DEFAULT_DETACH_KEYS = 'ctrl-p,ctrl-q';
const CONTROL = /^ctrl-([a-z@[\\\]^_])$/;

/**
 * Looks for the keys that detach a terminal in what is typed. The first of them are held back until it is clear that the
 * others do not follow.
 */
export class DetachKeys {
  readonly #sequence: readonly number[];
  #held: number[] = [];

  /**
   * @param keys `ctrl-p,ctrl-q`, `a,b`: letters, and `ctrl-` with a letter or one of `@[\]^_`; empty: the default
   * @throws GantryError `usage`
   */
  constructor(keys: string) {
    this.#sequence = (keys || DEFAULT_DETACH_KEYS).split(',').map(codeOf);
  }

  /** What goes to the program, and whether the last key detaches: what is typed after it goes nowhere. */
  scan(typed: Uint8Array): { readonly pass: Uint8Array; readonly detached: boolean } {
    const pass: number[] = [];
    // A paste is as fast as it would be without.
    if (this.#held.length === 0 && !typed.includes(this.#sequence[0] ?? 0)) return { pass: typed, detached: false };
    for (const code of typed) {
      this.#held.push(code);
      while (!this.#held.every((held, index) => held === this.#sequence[index])) pass.push(this.#held.shift() ?? 0);
      if (this.#held.length === this.#sequence.length) return { pass: Uint8Array.from(pass), detached: true };
    }
    return { pass: Uint8Array.from(pass), detached: false };
  }

  get hasPartialKeys(): boolean {
    return this.#held.length > 0;
  }

  /** What was held back, for the program after all. */
  takePartialKeys(): Uint8Array {
    const held = Uint8Array.from(this.#held);
    this.#held = [];
    return held;
  }
}

function codeOf(key: string): number {
  const control = CONTROL.exec(key)?.[1];
  if (control !== undefined) return control.toUpperCase().charCodeAt(0) & 0x1f;
  if (/^[ -~]$/.test(key)) return key.charCodeAt(0);
  throw new GantryError('usage', `invalid detach keys: unknown key ${JSON.stringify(key)}`, {
    hint: "Give letters, and 'ctrl-' with a letter, separated by commas",
  });
}
