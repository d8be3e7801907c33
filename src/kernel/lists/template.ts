import { GantryError } from '../contracts/index.js';
import { didYouMean } from '../text/index.js';
import { FUNCTIONS, failure, isTrue, show } from './template-functions.js';
import { type Block, type Command, type Node, type Pipe, parseTemplate, type Term } from './template-parser.js';

/** A template in the language of Go's text/template, as far as `--format` needs it. */
interface Template {
  /** @throws GantryError `invalid` for a field that the data does not have, naming those that it has */
  render(data: unknown): string;
}

/** @throws GantryError `invalid` for what is no template */
export function compileTemplate(source: string): Template {
  const nodes = parseTemplate(source);
  return { render: (data) => new Rendering(data).nodes(nodes, data) };
}

const MOST_DEPTH = 64;
const SHOWN_FIELDS = 40;

class Rendering {
  readonly #variables = new Map<string, unknown>();
  #depth = 0;

  constructor(data: unknown) {
    this.#variables.set('$', data);
  }

  nodes(nodes: readonly Node[], dot: unknown): string {
    if (++this.#depth > MOST_DEPTH) throw failure('too many blocks within each other');
    const text = nodes.map((node) => this.#node(node, dot)).join('');
    this.#depth--;
    return text;
  }

  #node(node: Node, dot: unknown): string {
    if (node.kind === 'text') return node.text;
    const value = this.#pipe(node.pipe, dot);
    if (node.kind === 'print') return show(value);
    if (node.kind === 'assign') {
      this.#variables.set(node.name, value);
      return '';
    }
    if (node.kind === 'range') return this.#range(node, value, dot);
    const [name] = node.names;
    if (name !== undefined) this.#variables.set(name, value);
    if (!isTrue(value)) return this.nodes(node.otherwise, dot);
    return this.nodes(node.then, node.kind === 'with' ? value : dot);
  }

  #range({ names, then, otherwise }: Block, value: unknown, dot: unknown): string {
    const entries = entriesOf(value);
    if (entries.length === 0) return this.nodes(otherwise, dot);
    return entries
      .map(([key, each]) => {
        const values = names.length === 1 ? [each] : [key, each];
        for (const [index, name] of names.entries()) this.#variables.set(name, values[index]);
        return this.nodes(then, each);
      })
      .join('');
  }

  #pipe(pipe: Pipe, dot: unknown): unknown {
    return pipe.reduce<unknown[]>((piped, command) => [this.#command(command, dot, piped)], [])[0];
  }

  #command([first, ...args]: Command, dot: unknown, piped: readonly unknown[]): unknown {
    const values = [...args.map((term) => this.#term(term, dot)), ...piped];
    if (first?.kind === 'function') return functionNamed(first.name)(...values);
    const value = first && this.#term(first, dot);
    // A method, in Go: `.Label "tier"`.
    if (typeof value === 'function') return value(...values);
    if (values.length > 0) throw failure("can't give an argument to what is no function");
    return value;
  }

  #term(term: Term, dot: unknown): unknown {
    if (term.kind === 'constant') return term.value;
    if (term.kind === 'function') return functionNamed(term.name)();
    return term.fields.reduce(fieldOf, this.#start(term.from, dot));
  }

  #start(from: Extract<Term, { kind: 'value' }>['from'], dot: unknown): unknown {
    if (from === 'dot') return dot;
    if ('pipe' in from) return this.#pipe(from.pipe, dot);
    if (!this.#variables.has(from.variable)) throw failure(`undefined variable ${JSON.stringify(from.variable)}`);
    return this.#variables.get(from.variable);
  }
}

function functionNamed(name: string) {
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (found) return found;
  throw new GantryError('invalid', `template parsing error: function ${JSON.stringify(name)} not defined`, {
    hint: `There are ${Object.keys(FUNCTIONS).join(', ')}`,
  });
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) {
    throw failure(`there is no field ${name} in ${value === undefined || value === null ? 'nothing' : show(value)}`);
  }
  if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name];
  const known = Object.keys(value);
  const [nearest] = didYouMean(
    name,
    known.map((each) => each.toLowerCase()),
  );
  const near = known.find((each) => each.toLowerCase() === nearest);
  const list = `There are ${known.slice(0, SHOWN_FIELDS).join(', ') || 'none'}`;
  throw new GantryError('invalid', `template: there is no field ${name}`, {
    hint: near ? `Did you mean ${near}? ${list}` : list,
  });
}

function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (Array.isArray(value)) return [...value.entries()];
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  }
  if (value === null || value === undefined) return [];
  throw failure(`range can't iterate over ${show(value)}`);
}
