import { GantryError } from '../../../kernel/index.js';

const DEFAULT_DETACH_KEYS = 'ctrl-p,ctrl-q';
const CONTROL = /^ctrl-([a-z@[\\\]^_])$/;

/**
 * Finds the keys that detach a terminal in typed bytes. The first of them are held back until it is clear that the
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

  /** Returns the bytes for the program, and whether the keys were typed: bytes after them are dropped. */
  scan(typed: Uint8Array): { readonly pass: Uint8Array; readonly detached: boolean } {
    const pass: number[] = [];
    // Fast path, so that a paste is not slowed down.
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

  /** Returns the keys that were held back, for the program after all. */
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
