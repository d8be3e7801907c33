import { pieces, type Token } from './lexer.js';
import { syntaxError, unquoted } from './literals.js';
import { type Pipe, parsePipe } from './pipe-parser.js';

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipe: Pipe }
  | { readonly kind: 'set'; readonly assignment: Assignment; readonly pipe: Pipe }
  | { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | undefined }
  | { readonly kind: 'break' | 'continue' }
  | Block;

export interface Block {
  readonly kind: 'if' | 'with' | 'range';
  /** Where the value of the pipe goes, or those of its elements. */
  readonly assignment: Assignment | undefined;
  readonly pipe: Pipe;
  readonly then: readonly Node[];
  readonly otherwise: readonly Node[];
}

/** `$x := …` makes variables as far as the end of the block, `$x = …` changes them. */
export interface Assignment {
  readonly names: readonly string[];
  readonly declares: boolean;
}

export interface ParsedTemplate {
  readonly main: readonly Node[];
  /** Of `define` and `block`, by name. */
  readonly defined: ReadonlyMap<string, readonly Node[]>;
}

const BLOCKS = ['if', 'with', 'range'] as const;

/** In characters. */
const LONGEST_TEMPLATE = 16 * 1024;
/** Of blocks, and of parentheses. */
export const MOST_NESTED = 64;

/**
 * @param isFunction whether there is a function of that name
 * @param text changes the text between actions
 * @throws GantryError `invalid` for what is no template, or asks for more than there is
 */
export function parseTemplate(
  template: string,
  isFunction: (name: string) => boolean,
  text = (between: string): string => between,
): ParsedTemplate {
  if (template.length > LONGEST_TEMPLATE) throw syntaxError(`it is longer than ${LONGEST_TEMPLATE >> 10} KiB`);
  return new Parser(template, isFunction, text).all();
}

class Parser {
  readonly #pieces;
  readonly #defined = new Map<string, readonly Node[]>();
  /** Variables in reach, the innermost last. */
  #variables = ['$'];
  #at = 0;
  #depth = 0;
  #ranges = 0;

  constructor(
    template: string,
    private readonly isFunction: (name: string) => boolean,
    private readonly text: (between: string) => string,
  ) {
    this.#pieces = pieces(template);
  }

  all(): ParsedTemplate {
    const main = this.#nodes();
    const word = this.#word();
    if (word !== undefined) throw syntaxError(`unexpected {{${word}}}`);
    return { main, defined: this.#defined };
  }

  /** As far as the `end` or `else` of their block. */
  #nodes(): Node[] {
    const nodes: Node[] = [];
    for (;;) {
      const piece = this.#pieces[this.#at];
      const word = this.#word();
      if (!piece || word === 'end' || word === 'else') return nodes;
      this.#at++;
      if (piece.kind === 'text') nodes.push({ kind: 'text', text: this.text(piece.text) });
      else if (word === 'define') this.#define(piece.tokens);
      else nodes.push(this.#action(piece.tokens));
    }
  }

  #word(): string | undefined {
    const piece = this.#pieces[this.#at];
    const first = piece?.kind === 'action' ? piece.tokens[0] : undefined;
    return first?.kind === 'word' ? first.text : undefined;
  }

  #action(tokens: readonly Token[]): Node {
    const [first, ...rest] = tokens;
    if (!first) throw syntaxError('missing value for command');
    const word = first.kind === 'word' ? first.text : '';
    const block = BLOCKS.find((name) => name === word);
    if (block) return this.#block(block, rest);
    if (word === 'break' || word === 'continue') {
      if (rest.length > 0) throw syntaxError(`unexpected ${JSON.stringify(rest[0]?.text)} in {{${word}}}`);
      if (this.#ranges === 0) throw syntaxError(`{{${word}}} outside {{range}}`);
      return { kind: word };
    }
    if (word === 'template') return this.#call(rest);
    if (word === 'block') {
      const call = this.#call(rest);
      if (!call.pipe) throw syntaxError('{{block}} has no value');
      this.#defined.set(call.name, this.#body('block'));
      return call;
    }
    const { assignment, pipe } = this.#pipe(tokens, 1);
    return assignment ? { kind: 'set', assignment, pipe } : { kind: 'print', pipe };
  }

  /** `"name"`, and a value for its dot. */
  #call([name, ...rest]: readonly Token[]): Extract<Node, { kind: 'template' }> {
    const pipe = rest.length > 0 ? this.#pipe(rest, 1).pipe : undefined;
    return { kind: 'template', name: templateName(name), pipe };
  }

  #define([, name, ...rest]: readonly Token[]): void {
    if (this.#depth > 0) throw syntaxError('unexpected {{define}} within a block');
    if (rest.length > 0) throw syntaxError(`unexpected ${JSON.stringify(rest[0]?.text)} in {{define}}`);
    this.#defined.set(templateName(name), this.#body('define'));
  }

  /** The nodes of a template with a name, which sees no variables of others. */
  #body(kind: string): readonly Node[] {
    const [outer, ranges] = [this.#variables, this.#ranges];
    this.#variables = ['$'];
    this.#ranges = 0;
    const nodes = this.#nested(() => this.#nodes());
    this.#end(kind);
    this.#variables = outer;
    this.#ranges = ranges;
    return nodes;
  }

  #block(kind: (typeof BLOCKS)[number], tokens: readonly Token[]): Node {
    return this.#nested(() => {
      const { assignment, pipe } = this.#pipe(tokens, kind === 'range' ? 2 : 1);
      if (kind === 'range') this.#ranges++;
      const then = this.#scoped(() => this.#nodes());
      if (kind === 'range') this.#ranges--;
      const otherwise = this.#scoped(() => this.#otherwise(kind));
      return { kind, assignment, pipe, then, otherwise };
    });
  }

  #otherwise(kind: string): readonly Node[] {
    const piece = this.#pieces[this.#at];
    if (piece?.kind !== 'action') throw syntaxError(`{{${kind}}} without {{end}}`);
    if (this.#word() === 'end') {
      this.#end(kind);
      return [];
    }
    this.#at++;
    const [, next, ...rest] = piece.tokens;
    // The block of an `else if` takes the `end` for itself.
    if (next?.text === kind && kind !== 'range') return [this.#block(kind as 'if' | 'with', rest)];
    if (next) throw syntaxError(`unexpected ${JSON.stringify(next.text)} in {{else}}`);
    const nodes = this.#nodes();
    this.#end(kind);
    return nodes;
  }

  #end(kind: string): void {
    if (this.#word() !== 'end') throw syntaxError(`{{${kind}}} without {{end}}`);
    this.#at++;
  }

  /** A pipe, and the variables in front of it. */
  #pipe(tokens: readonly Token[], most: number): { assignment: Assignment | undefined; pipe: Pipe } {
    const at =
      tokens[0]?.kind === 'variable' ? tokens.findIndex(({ text, kind }) => kind === 'symbol' && /=$/.test(text)) : -1;
    const pipe = parsePipe(tokens.slice(at + 1), {
      isFunction: this.isFunction,
      isVariable: (name) => this.#variables.includes(name),
    });
    if (at < 0) return { assignment: undefined, pipe };
    const names = namesIn(tokens.slice(0, at));
    if (names.length > most) throw syntaxError('too many variables in front of a value');
    const declares = tokens[at]?.text === ':=';
    const unknown = declares ? undefined : names.find((name) => !this.#variables.includes(name));
    if (unknown !== undefined) throw syntaxError(`undefined variable ${JSON.stringify(unknown)}`);
    if (declares) this.#variables.push(...names);
    return { assignment: { names, declares }, pipe };
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > MOST_NESTED) throw syntaxError('too many blocks within each other');
    const parsed = this.#scoped(parse);
    this.#depth--;
    return parsed;
  }

  /** Variables that are made inside end with it. */
  #scoped<T>(parse: () => T): T {
    const before = this.#variables.length;
    const parsed = parse();
    this.#variables.length = before;
    return parsed;
  }
}

function templateName(token: Token | undefined): string {
  if (token?.kind !== 'string')
    throw syntaxError(`a template's name is a string, not ${JSON.stringify(token?.text ?? '')}`);
  return unquoted(token.text);
}

/** `$x`, or `$i, $x`. */
function namesIn(tokens: readonly Token[]): string[] {
  const isRight = tokens.every(({ kind, text }, index) => (index % 2 === 0 ? kind === 'variable' : text === ','));
  if (!isRight || tokens.length % 2 === 0) throw syntaxError('expected variables in front of a value');
  return tokens.filter(({ kind }) => kind === 'variable').map(({ text }) => text);
}
