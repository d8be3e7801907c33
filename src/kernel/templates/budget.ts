import { GantryError } from '../contracts/index.js';

/** Some tens of milliseconds. A template that shows an object of some thousand values takes a tenth of it. */
const MOST_STEPS = 100_000;
/** In characters: all text that is made on the way counts. */
const MOST_TEXT = 4 << 20;
/** A step may compare or copy so many characters of a text, besides what it is counted for. */
const CHARACTERS_A_STEP = 256;

/** The work that the rendering of one object may cost, whoever wrote the template, and whoever made the object. */
export class TemplateBudget {
  #steps = MOST_STEPS;
  #text = MOST_TEXT;

  /** @throws GantryError `invalid` where the budget is spent */
  spend(steps = 1): void {
    this.#steps -= steps;
    if (this.#steps < 0) throw failure(`it takes more than ${MOST_STEPS} steps`);
  }

  /** Counts a value that is looked at as a whole. */
  look(value: unknown): void {
    if (typeof value === 'string') this.spend(Math.ceil(value.length / CHARACTERS_A_STEP));
    else if (Array.isArray(value)) this.spend(value.length);
    else if (typeof value === 'object' && value !== null) this.spend(Object.keys(value).length);
  }

  /** Counts text before it is made. @throws GantryError `invalid` where there would be too much of it */
  make(characters: number): void {
    this.#text -= characters;
    if (this.#text < 0) throw failure(`it makes more than ${MOST_TEXT >> 20} MiB of text`);
  }
}

export function failure(message: string): GantryError {
  return new GantryError('invalid', `template: ${message}`);
}
