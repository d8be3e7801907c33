import { GantryError } from '../../../kernel/index.js';

/** A variable's value; undefined where it is not set. */
export type Variables = (name: string) => string | undefined;

/** Splits the text of an instruction at spaces outside of quotes. The words keep their quotes and backslashes. */
export function splitWords(text: string): string[] {
  const found: string[] = [];
  let begin: number | undefined;
  let quote = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    if (quote === '' && /\s/.test(character)) {
      if (begin !== undefined) found.push(text.slice(begin, index));
      begin = undefined;
      continue;
    }
    begin ??= index;
    if (character === '\\' && quote !== "'") index++;
    else if (character === quote) quote = '';
    else if (quote === '' && isQuote(character)) quote = character;
  }
  if (begin !== undefined) found.push(text.slice(begin));
  return found;
}

/**
 * What a word says: quotes are taken off, `$NAME` and `${NAME}` are replaced, but for single quotes, inside of which all
 * characters stand for themselves. A backslash takes the next character as it is.
 * @throws GantryError `invalid`
 */
export function expandWord(word: string, variables: Variables): string {
  return new Expansion(word, variables).until('');
}

class Expansion {
  #at = 0;

  constructor(
    private readonly text: string,
    private readonly variables: Variables,
  ) {}

  /** The expanded text up to a character, which is passed over; up to the end where it is empty. */
  until(end: string): string {
    let said = '';
    for (;;) {
      const character = this.#next();
      if (character === end) return said;
      if (character === '') throw this.#unfinished(end);
      if (character === "'") said += this.#upTo("'");
      else if (character === '"') said += this.#quoted();
      else if (character === '\\') said += this.#next();
      else said += character === '$' ? this.#variable() : character;
    }
  }

  /** Inside of double quotes a backslash stands for itself, but before what has a meaning there. */
  #quoted(): string {
    let said = '';
    for (;;) {
      const character = this.#next();
      if (character === '"') return said;
      if (character === '') throw this.#unfinished('"');
      if (character === '\\' && '"\\$'.includes(this.#peek() || ' ')) said += this.#next();
      else said += character === '$' ? this.#variable() : character;
    }
  }

  #variable(): string {
    if (this.#peek() === '{') {
      this.#at++;
      return this.#braced();
    }
    const name = this.#name();
    return name === '' ? '$' : (this.variables(name) ?? '');
  }

  /** `NAME}`, `NAME:-word}`, `NAME:+word}`, `NAME:?word}`: with the colon, what is empty counts as not set. */
  #braced(): string {
    const name = this.#name();
    if (name === '') throw new GantryError('invalid', `bad substitution in "${this.text}"`);
    const value = this.variables(name);
    if (this.#peek() === '}') {
      this.#at++;
      return value ?? '';
    }
    const isColon = this.#peek() === ':';
    if (isColon) this.#at++;
    const operator = this.#next();
    if (operator === '') throw this.#unfinished('}');
    if (!'-+?'.includes(operator)) {
      throw new GantryError('invalid', `unsupported modifier (${isColon ? ':' : ''}${operator}) in "${this.text}"`);
    }
    const word = this.until('}');
    const isSet = isColon ? Boolean(value) : value !== undefined;
    if (operator === '+') return isSet ? word : '';
    if (!isSet && operator === '?') throw new GantryError('invalid', `${name}: ${word || 'not set'}`);
    return isSet ? (value ?? '') : word;
  }

  #name(): string {
    const [name = ''] = /^(?:[A-Za-z_]\w*|\d|[@*#?$!-])/.exec(this.text.slice(this.#at)) ?? [];
    this.#at += name.length;
    return name;
  }

  #upTo(end: string): string {
    const found = this.text.indexOf(end, this.#at);
    if (found < 0) throw this.#unfinished(end);
    const between = this.text.slice(this.#at, found);
    this.#at = found + 1;
    return between;
  }

  #peek(): string {
    return this.text[this.#at] ?? '';
  }

  #next(): string {
    return this.text[this.#at++] ?? '';
  }

  #unfinished(end: string): GantryError {
    return new GantryError('invalid', `unexpected end of statement while looking for matching ${end}`);
  }
}

function isQuote(character: string): boolean {
  return character === '"' || character === "'";
}
