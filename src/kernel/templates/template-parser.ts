import { pieces, syntaxError, type Token } from './template-lexer.js';

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipe: Pipe }
  | { readonly kind: 'assign'; readonly name: string; readonly pipe: Pipe }
  | Block;

export interface Block {
  readonly kind: 'if' | 'with' | 'range';
  /** Variables that the result of the pipe is assigned to, or its keys and values. */
  readonly names: readonly string[];
  readonly pipe: Pipe;
  readonly then: readonly Node[];
  readonly otherwise: readonly Node[];
}

/** Commands, each of which gets the result of the one before it as its last argument. */
export type Pipe = readonly Command[];
/** A function's name or a value, and arguments. */
export type Command = readonly Term[];

export type Term =
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'function'; readonly name: string }
  | {
      readonly kind: 'value';
      readonly from: 'dot' | { readonly variable: string } | { readonly pipe: Pipe };
      readonly fields: readonly string[];
    };

const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, nil: null };
const BLOCKS = ['if', 'with', 'range'] as const;
const UNKNOWN_BLOCKS = ['template', 'define', 'block', 'break', 'continue'];

/** In characters. */
const LONGEST_TEMPLATE = 16 * 1024;
/** Of blocks, and of parentheses. */
const MOST_NESTED = 64;

/** @throws GantryError `invalid` for what is no template, or asks for more than there is */
export function parseTemplate(template: string): readonly Node[] {
  if (template.length > LONGEST_TEMPLATE) throw syntaxError(`it is longer than ${LONGEST_TEMPLATE >> 10} KiB`);
  return new Parser(template).all();
}

class Parser {
  readonly #pieces;
  #at = 0;
  #depth = 0;

  constructor(template: string) {
    this.#pieces = pieces(template);
  }

  all(): readonly Node[] {
    const nodes = this.#nodes();
    const word = this.#word();
    if (word !== undefined) throw syntaxError(`unexpected {{${word}}}`);
    return nodes;
  }

  /** As far as the `end` or `else` of their block. */
  #nodes(): Node[] {
    const nodes: Node[] = [];
    for (;;) {
      const piece = this.#pieces[this.#at];
      const word = this.#word();
      if (!piece || word === 'end' || word === 'else') return nodes;
      this.#at++;
      nodes.push(piece.kind === 'text' ? piece : this.#action(piece.tokens));
    }
  }

  #word(): string | undefined {
    const piece = this.#pieces[this.#at];
    const first = piece?.kind === 'action' ? piece.tokens[0] : undefined;
    return first?.kind === 'word' ? first.text : undefined;
  }

  #action(tokens: readonly Token[]): Node {
    const [first, second] = tokens;
    if (!first) throw syntaxError('missing value for command');
    if (first.kind === 'word' && UNKNOWN_BLOCKS.includes(first.text))
      throw syntaxError(`{{${first.text}}} is not supported`);
    const block = BLOCKS.find((name) => first.kind === 'word' && name === first.text);
    if (block) return this.#block(block, tokens.slice(1));
    if (first.kind === 'variable' && (second?.text === ':=' || second?.text === '=')) {
      return { kind: 'assign', name: first.text, pipe: pipeOf(tokens.slice(2)) };
    }
    return { kind: 'print', pipe: pipeOf(tokens) };
  }

  #block(kind: (typeof BLOCKS)[number], tokens: readonly Token[]): Node {
    if (++this.#depth > MOST_NESTED) throw syntaxError('too many blocks within each other');
    const assign = tokens.findIndex(({ text, kind: type }) => type === 'symbol' && text === ':=');
    const names = tokens.slice(0, Math.max(0, assign)).filter((token) => token.kind === 'variable');
    const pipe = pipeOf(tokens.slice(assign + 1));
    const then = this.#nodes();
    const otherwise = this.#otherwise(kind);
    this.#depth--;
    return { kind, names: names.map(({ text }) => text), pipe, then, otherwise };
  }

  #otherwise(kind: string): readonly Node[] {
    const piece = this.#pieces[this.#at++];
    if (piece?.kind !== 'action') throw syntaxError(`{{${kind}}} without {{end}}`);
    const [word, next, ...rest] = piece.tokens;
    if (word?.text === 'end') return [];
    // The block of an `else if` takes the `end` for itself.
    if (next?.text === 'if') return [this.#block('if', rest)];
    const nodes = this.#nodes();
    if (this.#word() !== 'end') throw syntaxError(`{{${kind}}} without {{end}}`);
    this.#at++;
    return nodes;
  }
}

function pipeOf(tokens: readonly Token[]): Pipe {
  const reader = new Reader(tokens);
  const pipe = reader.pipe();
  if (reader.next) throw syntaxError(`unexpected ${JSON.stringify(reader.next.text)} in command`);
  return pipe;
}

class Reader {
  #at = 0;
  #depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  get next(): Token | undefined {
    return this.tokens[this.#at];
  }

  pipe(): Pipe {
    if (++this.#depth > MOST_NESTED) throw syntaxError('too many parentheses within each other');
    const commands = [this.#command()];
    while (this.#takes('|')) commands.push(this.#command());
    this.#depth--;
    return commands;
  }

  #command(): Command {
    const terms: Term[] = [];
    while (this.next && !(this.next.kind === 'symbol' && ['|', ')'].includes(this.next.text))) terms.push(this.#term());
    if (terms.length === 0) throw syntaxError('missing value for command');
    return terms;
  }

  #term(): Term {
    const token = this.next;
    this.#at++;
    if (token?.kind === 'string') return { kind: 'constant', value: token.text };
    if (token?.kind === 'number') return { kind: 'constant', value: Number(token.text) };
    if (token?.kind === 'word') {
      return Object.hasOwn(WORDS, token.text)
        ? { kind: 'constant', value: WORDS[token.text] }
        : { kind: 'function', name: token.text };
    }
    if (token?.kind === 'variable') return { kind: 'value', from: { variable: token.text }, fields: this.#fields() };
    if (token?.kind === 'field')
      return { kind: 'value', from: 'dot', fields: [token.text.slice(1), ...this.#fields()] };
    if (token?.text === '.') return { kind: 'value', from: 'dot', fields: [] };
    if (token?.text !== '(') throw syntaxError(`unexpected ${JSON.stringify(token?.text ?? '')} in operand`);
    const pipe = this.pipe();
    if (!this.#takes(')')) throw syntaxError('unclosed left paren');
    return { kind: 'value', from: { pipe }, fields: this.#fields() };
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
