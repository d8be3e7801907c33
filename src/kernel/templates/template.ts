import { GantryError } from '../contracts/index.js';
import { didYouMean, plain, plainLines, truncate } from '../text/index.js';
import { failure, TemplateBudget } from './template-budget.js';
import { type TemplateFunction, templateFunctions } from './template-functions.js';
import { type Block, type Command, type Node, type Pipe, parseTemplate, type Term } from './template-parser.js';
import { isTrue, type Show, show, showSafely } from './template-values.js';

/** A template in the language of Go's text/template, as far as `--format` needs it. */
interface Template {
  /**
   * Has a budget for each object: neither a template nor an object keeps a daemon from others, or fills its memory.
   * @param safely whether texts of the data are made safe to print; those of the template, and of `json`, are as they are
   * @throws GantryError `invalid` for a field that the data does not have, naming those that it has; for too much work
   */
  render(data: unknown, safely: boolean): string;
}

/** @throws GantryError `invalid` for what is no template */
export function compileTemplate(source: string): Template {
  const nodes = parseTemplate(source);
  return { render: (data, safely) => new Rendering(data, safely).nodes(nodes, data) };
}

const MOST_DEPTH = 64;
const SHOWN_FIELDS = 40;
const COMPARED_FIELDS = 1000;
/** In characters: of a value that an error names. */
const SHOWN_VALUE = 100;

class Rendering {
  readonly #variables = new Map<string, unknown>();
  readonly #budget = new TemplateBudget();
  readonly #show: Show;
  readonly #functions: Readonly<Record<string, TemplateFunction>>;
  #depth = 0;
  /** In how many pipes with a `json`, which has its own way to make texts safe. */
  #inJson = 0;

  constructor(
    data: unknown,
    private readonly safely: boolean,
  ) {
    this.#variables.set('$', data);
    this.#show = safely ? showSafely : show;
    this.#functions = templateFunctions(this.#show, (value) => this.#leaf(value), this.#budget);
  }

  nodes(nodes: readonly Node[], dot: unknown): string {
    if (++this.#depth > MOST_DEPTH) throw failure('too many blocks within each other');
    const text = nodes.map((node) => this.#node(node, dot)).join('');
    this.#depth--;
    return text;
  }

  #node(node: Node, dot: unknown): string {
    this.#budget.spend();
    if (node.kind === 'text') return this.#made(node.text);
    const value = this.#pipe(node.pipe, dot);
    if (node.kind === 'print') {
      const text = this.#made(this.#show(value));
      return this.safely ? plainLines(text) : text;
    }
    if (node.kind === 'assign') {
      this.#variables.set(node.name, value);
      return '';
    }
    if (node.kind === 'range') return this.#range(node, value, dot);
    const [name] = node.names;
    if (name !== undefined) this.#variables.set(name, value);
    this.#budget.look(value);
    if (!isTrue(value)) return this.nodes(node.otherwise, dot);
    return this.nodes(node.then, node.kind === 'with' ? value : dot);
  }

  #range({ names, then, otherwise }: Block, value: unknown, dot: unknown): string {
    this.#budget.look(value);
    const entries = entriesOf(value);
    if (entries.length === 0) return this.nodes(otherwise, dot);
    return entries
      .map((entry) => {
        this.#budget.spend();
        const [key, each] = entry.map((part) => this.#leaf(part));
        const values = names.length === 1 ? [each] : [key, each];
        for (const [index, name] of names.entries()) this.#variables.set(name, values[index]);
        return this.nodes(then, each);
      })
      .join('');
  }

  #pipe(pipe: Pipe, dot: unknown): unknown {
    const isJson = pipe.some(([first]) => first?.kind === 'function' && first.name === 'json');
    if (isJson) this.#inJson++;
    const [value] = pipe.reduce<unknown[]>((piped, command) => [this.#command(command, dot, piped)], []);
    if (isJson) this.#inJson--;
    return value;
  }

  #command([first, ...args]: Command, dot: unknown, piped: readonly unknown[]): unknown {
    const values = [...args.map((term) => this.#term(term, dot)), ...piped];
    if (first?.kind === 'function') return this.#called(first.name, values);
    const value = first && this.#term(first, dot);
    // A method, in Go: `.Label "tier"`.
    if (typeof value === 'function') return this.#leaf(value(...values));
    if (values.length > 0) throw failure("can't give an argument to what is no function");
    return value;
  }

  #term(term: Term, dot: unknown): unknown {
    this.#budget.spend();
    if (term.kind === 'constant') return term.value;
    if (term.kind === 'function') return this.#called(term.name, []);
    const start = this.#start(term.from, dot);
    if (term.fields.length === 0) return start;
    this.#budget.spend(term.fields.length);
    return this.#leaf(term.fields.reduce(fieldOf, start));
  }

  #called(name: string, values: readonly unknown[]): unknown {
    const found = Object.hasOwn(this.#functions, name) ? this.#functions[name] : undefined;
    if (!found) {
      throw new GantryError('invalid', `template parsing error: function ${JSON.stringify(name)} not defined`, {
        hint: `There are ${Object.keys(this.#functions).join(', ')}`,
      });
    }
    for (const value of values) this.#budget.look(value);
    return found(...values);
  }

  #start(from: Extract<Term, { kind: 'value' }>['from'], dot: unknown): unknown {
    if (from === 'dot') return dot;
    if ('pipe' in from) return this.#pipe(from.pipe, dot);
    if (!this.#variables.has(from.variable)) throw failure(`undefined variable ${JSON.stringify(from.variable)}`);
    return this.#variables.get(from.variable);
  }

  /** A text of the data. */
  #leaf(value: unknown): unknown {
    if (typeof value !== 'string') return value;
    this.#budget.look(value);
    return this.safely && this.#inJson === 0 ? plain(value) : value;
  }

  #made(text: string): string {
    this.#budget.make(text.length);
    return text;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) {
    throw failure(`there is no field ${name} in ${value === undefined || value === null ? 'nothing' : short(value)}`);
  }
  if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name];
  const known = Object.keys(value);
  const [nearest] = didYouMean(
    name,
    known.slice(0, COMPARED_FIELDS).map((each) => each.toLowerCase()),
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
  throw failure(`range can't iterate over ${short(value)}`);
}

function short(value: unknown): string {
  return truncate(show(value), SHOWN_VALUE);
}
