import type { Token } from './lexer.js';
import { characterCode, numberOf, syntaxError, unquoted } from './literals.js';

/** Commands, each of which gets the result of the one before it as its last argument. */
export type Pipe = readonly Command[];
/** A function's name or a value, and arguments. */
export type Command = readonly Term[];

export type Term =
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'function'; readonly name: string; readonly fields: readonly string[] }
  | {
      readonly kind: 'value';
      readonly from: 'dot' | { readonly variable: string } | { readonly pipe: Pipe };
      readonly fields: readonly string[];
    };

/** What a pipe may name. */
interface Names {
  isFunction(name: string): boolean;
  isVariable(name: string): boolean;
}

const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, nil: null };
const MOST_NESTED = 64;

/** @throws GantryError `invalid` for what is no pipe, and for a function or variable that there is not */
export function parsePipe(tokens: readonly Token[], names: Names): Pipe {
  const reader = new Reader(tokens, names);
  const pipe = reader.pipe();
  if (reader.next) throw syntaxError(`unexpected ${JSON.stringify(reader.next.text)} in command`);
  return pipe;
}

class Reader {
  #at = 0;
  #depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly names: Names,
  ) {}

  get next(): Token | undefined {
    return this.tokens[this.#at];
  }

  pipe(): Pipe {
    if (++this.#depth > MOST_NESTED) throw syntaxError('too many parentheses within each other');
    const commands = [this.#command()];
    while (this.#takes('|')) commands.push(this.#command());
    this.#depth--;
    const constant = commands.findIndex(([first], index) => index > 0 && first?.kind === 'constant');
    if (constant > 0) throw syntaxError(`non executable command in pipeline stage ${constant + 1}`);
    return commands;
  }

  #command(): Command {
    const terms: Term[] = [];
    while (this.next && !(this.next.kind === 'symbol' && ['|', ')'].includes(this.next.text))) {
      if (terms.length > 0 && !this.next.spaced) {
        throw syntaxError(`unexpected ${JSON.stringify(this.next.text)} in operand`);
      }
      terms.push(this.#term());
    }
    if (terms.length === 0) throw syntaxError('missing value for command');
    const [only] = terms;
    if (terms.length === 1 && only?.kind === 'constant' && only.value === null)
      throw syntaxError('nil is not a command');
    return terms;
  }

  #term(): Term {
    const token = this.next;
    this.#at++;
    switch (token?.kind) {
      case 'string':
        return { kind: 'constant', value: unquoted(token.text) };
      case 'character':
        return { kind: 'constant', value: characterCode(token.text) };
      case 'number':
        return { kind: 'constant', value: numberOf(token.text) };
      case 'word':
        return this.#named(token.text);
      case 'variable':
        if (!this.names.isVariable(token.text)) throw syntaxError(`undefined variable ${JSON.stringify(token.text)}`);
        return { kind: 'value', from: { variable: token.text }, fields: this.#fields() };
      case 'field':
        return { kind: 'value', from: 'dot', fields: [token.text.slice(1), ...this.#fields()] };
    }
    if (token?.text === '.') return { kind: 'value', from: 'dot', fields: [] };
    if (token?.text !== '(') throw syntaxError(`unexpected ${JSON.stringify(token?.text ?? '')} in operand`);
    const pipe = this.pipe();
    if (!this.#takes(')')) throw syntaxError('unclosed left paren');
    return { kind: 'value', from: { pipe }, fields: this.#fields() };
  }

  #named(word: string): Term {
    if (Object.hasOwn(WORDS, word)) return { kind: 'constant', value: WORDS[word] };
    if (!this.names.isFunction(word)) throw syntaxError(`function ${JSON.stringify(word)} not defined`);
    return { kind: 'function', name: word, fields: this.#fields() };
  }

  #fields(): string[] {
    const fields: string[] = [];
    while (this.next?.kind === 'field' && !this.next.spaced) {
      fields.push(this.next.text.slice(1));
      this.#at++;
    }
    return fields;
  }

  #takes(symbol: string): boolean {
    if (this.next?.kind !== 'symbol' || this.next.text !== symbol) return false;
    this.#at++;
    return true;
  }
}
