import { GantryError } from '../contracts/index.js';

import { type Node, parsePattern } from './parse-pattern.js';

/** A step of the compiled pattern, and the steps that may follow. */
interface Step {
  readonly node?: Node;
  readonly next: number[];
}

const MOST_STEPS = 1000;
/** For all texts together: some 50 milliseconds. */
const MOST_WORK = 3_000_000;

/**
 * A test for texts that hold a match of a regular expression: the part of Go's syntax that names need. It does not backtrack, since
 * callers choose pattern and names: its time grows with the length of both, and no further.
 * @throws GantryError `invalid` for what is no pattern; so does the test where it takes too long
 */
export function namePattern(source: string): (text: string) => boolean {
  if (/^[\w/-]*$/.test(source)) return (text) => text.includes(source);
  return new Matcher(source, parsePattern(source)).test;
}

/** The steps of a pattern: at each character of a text all are kept that may be the current one. */
class Matcher {
  /** The first is the end of a match. */
  readonly #steps: Step[] = [{ next: [] }];
  readonly #first: readonly number[];
  #work = 0;

  constructor(
    private readonly source: string,
    pattern: Node,
  ) {
    this.#first = this.#add(pattern, [0]);
  }

  readonly test = (text: string): boolean => {
    let current = new Set<number>();
    for (let at = 0; at <= text.length; at++) {
      // A match may begin at each character.
      this.#reach(this.#first, text, at, current);
      if (current.has(0)) return true;
      const character = text[at];
      if (character === undefined) return false;
      const following = new Set<number>();
      for (const index of current) {
        const { node, next } = this.#steps[index] as Step;
        if (node?.kind === 'one' && node.matches(character)) this.#reach(next, text, at + 1, following);
      }
      current = following;
    }
    return false;
  };

  /** Adds the steps, and those behind them that take no character. */
  #reach(steps: readonly number[], text: string, at: number, into: Set<number>): void {
    const waiting = [...steps];
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      if (++this.#work > MOST_WORK) throw this.#tooLong();
      if (into.has(index)) continue;
      const { node, next } = this.#steps[index] as Step;
      const isHere = node?.kind === 'start' ? at === 0 : node?.kind === 'end' ? at === text.length : true;
      if (!isHere) continue;
      into.add(index);
      if (node?.kind !== 'one') waiting.push(...next);
    }
  }

  /** @returns the steps that a match of the node begins with. @param next those that follow it */
  #add(node: Node, next: readonly number[]): readonly number[] {
    if (node.kind === 'all') return node.of.reduceRight((after, one) => this.#add(one, after), next);
    if (node.kind === 'any') return node.of.flatMap((one) => this.#add(one, next));
    if (node.kind !== 'repeat') return [this.#push({ node, next: [...next] })];
    let after = next;
    if (node.max === Number.POSITIVE_INFINITY) {
      const loop: Step = { next: [...next] };
      const index = this.#push(loop);
      loop.next.push(...this.#add(node.of, [index]));
      after = [index];
    } else {
      for (let count = node.min; count < node.max; count++) after = [...this.#add(node.of, after), ...next];
    }
    for (let count = 0; count < node.min; count++) after = this.#add(node.of, after);
    return after;
  }

  #push(step: Step): number {
    if (this.#steps.length >= MOST_STEPS) throw this.#tooLong();
    return this.#steps.push(step) - 1;
  }

  #tooLong(): GantryError {
    return new GantryError('invalid', `the pattern ${JSON.stringify(this.source.slice(0, 100))} takes too long`, {
      hint: 'Give a simpler one',
    });
  }
}
