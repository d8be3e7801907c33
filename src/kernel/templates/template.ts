import { GantryError } from '../contracts/index.js';
import { didYouMean, plain, plainLines, truncate } from '../text/index.js';
import { failure, TemplateBudget } from './budget.js';
import { isFunction, SHORT_CIRCUITS, type TemplateFunction, templateFunctions } from './functions.js';
import { TemplateMap } from './go-values.js';
import { type Assignment, type Block, MOST_NESTED, type Node, type ParsedTemplate, parseTemplate } from './parser.js';
import type { Command, Pipe, Term } from './pipe-parser.js';
import { isTrue, kindOf, membersOf, type Show, show, showSafely } from './values.js';

/** A template in the language of Go's text/template, with Docker's functions. */
interface Template {
  /**
   * Has a budget for each object: neither a template nor an object keeps a daemon from others, or fills its memory.
   * @param safely whether texts of the data are made safe to print; those of the template, and of `json`, are as they are
   * @throws GantryError `invalid` for a field that the data does not have, naming those that it has; for too much work
   */
  render(data: unknown, safely: boolean): string;
}

interface TemplateOptions {
  /** Changes the text between actions. */
  readonly text?: (between: string) => string;
  /** Take the place of functions. */
  readonly functions?: Readonly<Record<string, TemplateFunction>>;
}

/** @throws GantryError `invalid` for what is no template */
export function compileTemplate(source: string, { text, functions = {} }: TemplateOptions = {}): Template {
  const parsed = parseTemplate(source, isFunction, text);
  return { render: (data, safely) => new Rendering(parsed, functions, data, safely).text() };
}

/** Whether a template failed because the data has no such field. */
export function isMissingField(error: unknown): boolean {
  return error instanceof MissingField;
}

class MissingField extends GantryError {}

const SHOWN_FIELDS = 40;
const COMPARED_FIELDS = 1000;
/** In characters: of a value that an error names. */
const SHOWN_VALUE = 100;

type Method = (...args: unknown[]) => unknown;

/** Why a list of nodes ended before its last one. */
type Leap = 'break' | 'continue' | undefined;

class Rendering {
  readonly #budget = new TemplateBudget();
  readonly #output: string[] = [];
  readonly #show: Show;
  readonly #functions: Readonly<Record<string, TemplateFunction>>;
  /** Names and values, the innermost last. */
  #variables: { readonly name: string; value: unknown }[];
  #depth = 0;
  /** In how many pipes with a `json`, which has its own way to make texts safe. */
  #inJson = 0;

  constructor(
    private readonly template: ParsedTemplate,
    functions: Readonly<Record<string, TemplateFunction>>,
    private readonly data: unknown,
    private readonly safely: boolean,
  ) {
    this.#variables = [{ name: '$', value: data }];
    this.#show = safely ? showSafely : show;
    this.#functions = { ...templateFunctions(this.#show, (value) => this.#leaf(value), this.#budget), ...functions };
  }

  text(): string {
    this.#nodes(this.template.main, this.data);
    return this.#output.join('');
  }

  #nodes(nodes: readonly Node[], dot: unknown): Leap {
    if (++this.#depth > MOST_NESTED) throw failure('too many blocks within each other');
    let leap: Leap;
    for (const node of nodes) {
      leap = this.#node(node, dot);
      if (leap) break;
    }
    this.#depth--;
    return leap;
  }

  #node(node: Node, dot: unknown): Leap {
    this.#budget.spend();
    switch (node.kind) {
      case 'text':
        this.#output.push(this.#made(node.text));
        return undefined;
      case 'print': {
        const text = this.#made(this.#show(this.#pipe(node.pipe, dot)));
        this.#output.push(this.safely ? plainLines(text) : text);
        return undefined;
      }
      case 'set':
        this.#assign(node.assignment, [this.#pipe(node.pipe, dot)]);
        return undefined;
      case 'template':
        return this.#call(node.name, node.pipe ? this.#pipe(node.pipe, dot) : undefined);
      case 'break':
      case 'continue':
        return node.kind;
      default:
        return this.#scoped(() => (node.kind === 'range' ? this.#range(node, dot) : this.#branch(node, dot)));
    }
  }

  #branch({ kind, assignment, pipe, then, otherwise }: Block, dot: unknown): Leap {
    const value = this.#pipe(pipe, dot);
    if (assignment) this.#assign(assignment, [value]);
    this.#budget.look(value);
    if (!isTrue(value)) return this.#nodes(otherwise, dot);
    return this.#nodes(then, kind === 'with' ? value : dot);
  }

  #range({ assignment, pipe, then, otherwise }: Block, dot: unknown): Leap {
    const value = this.#pipe(pipe, dot);
    this.#budget.look(value);
    let isEmpty = true;
    for (const entry of entriesOf(value)) {
      isEmpty = false;
      this.#budget.spend();
      const [key, each] = entry.map((part) => this.#leaf(part));
      const leap = this.#scoped(() => {
        if (assignment) this.#assign(assignment, assignment.names.length === 1 ? [each] : [key, each]);
        return this.#nodes(then, each);
      });
      if (leap === 'break') break;
    }
    return isEmpty ? this.#nodes(otherwise, dot) : undefined;
  }

  /** A template with a name sees no variables but `$`, which is its dot. */
  #call(name: string, dot: unknown): Leap {
    const nodes = this.template.defined.get(name);
    if (!nodes) throw failure(`template ${JSON.stringify(name)} not defined`);
    const outer = this.#variables;
    this.#variables = [{ name: '$', value: dot }];
    this.#nodes(nodes, dot);
    this.#variables = outer;
    return undefined;
  }

  #scoped(run: () => Leap): Leap {
    const before = this.#variables.length;
    const leap = run();
    this.#variables.length = before;
    return leap;
  }

  #assign({ names, declares }: Assignment, values: readonly unknown[]): void {
    for (const [index, name] of names.entries()) {
      const value = values[index];
      const variable = declares ? undefined : this.#variable(name);
      if (variable) variable.value = value;
      else this.#variables.push({ name, value });
    }
  }

  #variable(wanted: string) {
    return this.#variables.findLast(({ name }) => name === wanted);
  }

  #pipe(pipe: Pipe, dot: unknown): unknown {
    const isJson = pipe.some(([first]) => first?.kind === 'function' && first.name === 'json');
    if (isJson) this.#inJson++;
    const [value] = pipe.reduce<unknown[]>((piped, command) => [this.#command(command, dot, piped)], []);
    if (isJson) this.#inJson--;
    return value;
  }

  #command([first, ...args]: Command, dot: unknown, piped: readonly unknown[]): unknown {
    if (first?.kind === 'function' && first.fields.length === 0) {
      const stop = Object.hasOwn(SHORT_CIRCUITS, first.name) ? SHORT_CIRCUITS[first.name] : undefined;
      if (stop !== undefined)
        return this.#firstThatIs(
          stop,
          [...args.map((term) => () => this.#term(term, dot)), ...piped.map((value) => () => value)],
          first.name,
        );
      return this.#called(first.name, [...args.map((term) => this.#term(term, dot)), ...piped]);
    }
    const value = first && this.#value(first, dot);
    const values = [...args.map((term) => this.#term(term, dot)), ...piped];
    // A method, in Go: `.Label "tier"`.
    if (typeof value === 'function') return this.#method(value as Method, values);
    if (values.length > 0) throw failure("can't give an argument to what is no function");
    return value;
  }

  /** What follows the value that decides is not looked at. */
  #firstThatIs(truth: boolean, values: readonly (() => unknown)[], name: string): unknown {
    if (values.length === 0) throw failure(`wrong number of args for ${name}: want at least 1 got 0`);
    let value: unknown;
    for (const next of values) {
      value = next();
      this.#budget.look(value);
      if (isTrue(value) === truth) return value;
    }
    return value;
  }

  #method(method: Method, values: readonly unknown[]): unknown {
    if (values.length !== method.length) {
      throw failure(`wrong number of args for a method: want ${method.length} got ${values.length}`);
    }
    return this.#leaf(method(...values));
  }

  #term(term: Term, dot: unknown): unknown {
    const value = this.#value(term, dot);
    return typeof value === 'function' ? this.#method(value as Method, []) : value;
  }

  #value(term: Term, dot: unknown): unknown {
    this.#budget.spend();
    if (term.kind === 'constant') return term.value;
    const start = term.kind === 'function' ? this.#called(term.name, []) : this.#start(term.from, dot);
    if (term.fields.length === 0) return start;
    this.#budget.spend(term.fields.length);
    return this.#leaf(term.fields.reduce(fieldOf, start));
  }

  #called(name: string, values: readonly unknown[]): unknown {
    const found = this.#functions[name];
    if (!found) throw failure(`function ${JSON.stringify(name)} not defined`);
    for (const value of values) this.#budget.look(value);
    return found(...values);
  }

  #start(from: Extract<Term, { kind: 'value' }>['from'], dot: unknown): unknown {
    if (from === 'dot') return dot;
    if ('pipe' in from) return this.#pipe(from.pipe, dot);
    return this.#variable(from.variable)?.value;
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
    throw new MissingField(
      'invalid',
      `template: there is no field ${name} in ${value === undefined || value === null ? 'nothing' : short(value)}`,
    );
  }
  if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name];
  if (value instanceof TemplateMap) return undefined;
  const known = Object.keys(value);
  const [nearest] = didYouMean(
    name,
    known.slice(0, COMPARED_FIELDS).map((each) => each.toLowerCase()),
  );
  const near = known.find((each) => each.toLowerCase() === nearest);
  const list = `There are ${known.slice(0, SHOWN_FIELDS).join(', ') || 'none'}`;
  throw new MissingField('invalid', `template: there is no field ${name}`, {
    hint: near ? `Did you mean ${near}? ${list}` : list,
  });
}

function* entriesOf(value: unknown): Iterable<readonly [unknown, unknown]> {
  const kind = kindOf(value);
  if (kind === 'list') yield* (value as readonly unknown[]).entries();
  else if (kind === 'map' || kind === 'struct') yield* membersOf(value as object);
  else if (kind === 'int') for (let index = 0; index < (value as number); index++) yield [index, index];
  else if (kind !== 'nil') throw failure(`range can't iterate over ${short(value)}`);
}

function short(value: unknown): string {
  return truncate(show(value), SHOWN_VALUE);
}
