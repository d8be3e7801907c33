import { GantryError } from '../contracts/index.js';

/** A part of a pattern. `all` stand one behind the other; of `any` one is enough. */
export type Node =
  | { readonly kind: 'one'; matches(character: string): boolean }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Node[] }
  | { readonly kind: 'repeat'; readonly of: Node; readonly min: number; readonly max: number };

const MOST_REPEATS = 100;

const CLASSES: Readonly<Record<string, RegExp>> = { d: /\d/, D: /\D/, w: /\w/, W: /\W/, s: /\s/, S: /\S/ };
const COUNTED = /^\{(\d{1,4})(,(\d{0,4}))?\}/;

/** Reads a pattern. @throws GantryError `invalid` */
export function parsePattern(source: string): Node {
  return new Parser(source).whole();
}

class Parser {
  #at = 0;
  #depth = 0;

  constructor(private readonly source: string) {}

  whole(): Node {
    const node = this.#alternatives();
    if (this.#at < this.source.length) throw this.#bad('unexpected )');
    return node;
  }

  #alternatives(): Node {
    const of = [this.#sequence()];
    while (this.#takes('|')) of.push(this.#sequence());
    return { kind: 'any', of };
  }

  #sequence(): Node {
    const of: Node[] = [];
    while (this.#at < this.source.length && !'|)'.includes(this.#peek())) of.push(this.#repeated(this.#atom()));
    return { kind: 'all', of };
  }

  #repeated(atom: Node): Node {
    let node = atom;
    for (let bounds = this.#bounds(); bounds; bounds = this.#bounds()) node = { kind: 'repeat', of: node, ...bounds };
    return node;
  }

  /** How often what stands before may come. A `?` behind it says which match is taken, which makes no difference here. */
  #bounds(): { readonly min: number; readonly max: number } | undefined {
    const counted = COUNTED.exec(this.source.slice(this.#at));
    let bounds: { readonly min: number; readonly max: number } | undefined;
    if (counted) {
      this.#at += counted[0].length;
      const min = Number(counted[1]);
      const max = counted[2] === undefined ? min : counted[3] ? Number(counted[3]) : Number.POSITIVE_INFINITY;
      if (min > MOST_REPEATS || (max > MOST_REPEATS && Number.isFinite(max)) || max < min)
        throw this.#bad('bad repeat');
      bounds = { min, max };
    } else if (this.#takes('*')) bounds = { min: 0, max: Number.POSITIVE_INFINITY };
    else if (this.#takes('+')) bounds = { min: 1, max: Number.POSITIVE_INFINITY };
    else if (this.#takes('?')) bounds = { min: 0, max: 1 };
    if (bounds) this.#takes('?');
    return bounds;
  }

  #atom(): Node {
    const character = this.#take();
    if (character === '^') return { kind: 'start' };
    if (character === '$') return { kind: 'end' };
    if (character === '.') return { kind: 'one', matches: () => true };
    if (character === '[') return this.#bracket();
    if (character === '(') return this.#group();
    if (character === '\\') return { kind: 'one', matches: this.#escaped() };
    if ('*+?'.includes(character)) throw this.#bad('nothing to repeat');
    return { kind: 'one', matches: (one) => one === character };
  }

  #group(): Node {
    if (++this.#depth > MOST_REPEATS) throw this.#bad('nested too deeply');
    if (this.#takes('?') && !this.#takes(':')) throw this.#bad('a group begins with ( or (?:');
    const node = this.#alternatives();
    if (!this.#takes(')')) throw this.#bad('missing )');
    this.#depth--;
    return node;
  }

  #bracket(): Node {
    const isNegated = this.#takes('^');
    const tests: ((one: string) => boolean)[] = [];
    do {
      const first = this.#take();
      if (first === '\\') tests.push(this.#escaped());
      else if (this.#peek() === '-' && this.source[this.#at + 1] !== ']') {
        this.#take();
        const last = this.#take();
        tests.push((one) => first <= one && one <= last);
      } else tests.push((one) => one === first);
    } while (!this.#takes(']'));
    return { kind: 'one', matches: (one) => tests.some((test) => test(one)) !== isNegated };
  }

  #escaped(): (one: string) => boolean {
    const character = this.#take();
    const known = CLASSES[character];
    if (known) return (one) => known.test(one);
    if (/\w/.test(character)) throw this.#bad(`\\${character} is not known`);
    return (one) => one === character;
  }

  #peek(): string {
    return this.source[this.#at] ?? '';
  }

  #take(): string {
    const character = this.source[this.#at++];
    if (character === undefined) throw this.#bad('it ends too early');
    return character;
  }

  #takes(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #bad(why: string): GantryError {
    return new GantryError('invalid', `error parsing regexp: ${why}: ${JSON.stringify(this.source.slice(0, 100))}`);
  }
}
