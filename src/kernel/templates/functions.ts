import { printableJson } from '../text/index.js';
import { failure, type TemplateBudget } from './budget.js';
import { areEqual, compared } from './comparison.js';
import { elementAt, lengthOf, partOf } from './elements.js';
import { htmlEscaped, jsEscaped, urlEscaped } from './escapes.js';
import { formatted } from './printf.js';
import { isTrue, kindOf, membersOf, type Show } from './values.js';

export type TemplateFunction = (...args: unknown[]) => unknown;

const MOST_PARTS = 10_000;

/** How many arguments each function takes. */
const ARGUMENTS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  ...{ and: [1, Infinity], or: [1, Infinity], not: [1, 1] },
  ...{ eq: [2, Infinity], ne: [2, 2], lt: [2, 2], le: [2, 2], gt: [2, 2], ge: [2, 2] },
  ...{ len: [1, 1], index: [1, Infinity], slice: [1, 4] },
  ...{ print: [0, Infinity], println: [0, Infinity], printf: [1, Infinity] },
  ...{ html: [0, Infinity], js: [0, Infinity], urlquery: [0, Infinity] },
  ...{ json: [1, 1], join: [2, 2], split: [2, 2], lower: [1, 1], upper: [1, 1], title: [1, 1] },
  ...{ pad: [3, 3], truncate: [2, 2] },
};

/** Functions that look at no more arguments after one that is true, or false; the caller carries them out. */
export const SHORT_CIRCUITS: Readonly<Record<string, boolean>> = { or: true, and: false };

export function isFunction(name: string): boolean {
  return Object.hasOwn(ARGUMENTS, name);
}

/**
 * Those of Go's text/template, and Docker's. What text they make is counted before it is there.
 * @param leaf makes a text safe that comes out of the data
 */
export function templateFunctions(
  show: Show,
  leaf: (value: unknown) => unknown,
  budget: TemplateBudget,
): Readonly<Record<string, TemplateFunction>> {
  const printed = (values: readonly unknown[], separate: (before: unknown, after: unknown) => boolean): string => {
    const pieces = values.map(show);
    budget.make(pieces.reduce((sum, piece) => sum + piece.length + 1, 0));
    return pieces
      .map((piece, index) => (index > 0 && separate(values[index - 1], values[index]) ? ` ${piece}` : piece))
      .join('');
  };
  /** As Go's Sprint: a space between two of which none is a text. */
  const print = (...values: unknown[]): string =>
    printed(values, (before, after) => typeof before !== 'string' && typeof after !== 'string');
  const escaped =
    (change: (text: string) => string) =>
    (...values: unknown[]): string => {
      const text = change(print(...values));
      budget.make(text.length);
      return text;
    };
  const changed =
    (change: (text: string) => string) =>
    (value: unknown): string => {
      const given = text(value, show);
      budget.make(given.length);
      return change(given);
    };
  const functions: Record<string, TemplateFunction> = {
    json: (value) => {
      const json = printableJson(value ?? null);
      budget.make(json.length);
      return json;
    },
    len: (value) => lengthOf(value, show),
    index: (value, ...keys) => leaf(keys.reduce((from, key) => elementAt(from, key, show), value)),
    slice: (value, ...places) => partOf(value, places, show),
    join: (list, separator) => {
      const pieces = elements(list, show).map(leaf).map(show);
      const between = text(separator, show);
      budget.make(pieces.reduce((sum, piece) => sum + piece.length + between.length, 0));
      return pieces.join(between);
    },
    split: (value, separator) => {
      const parts = text(value, show).split(text(separator, show), MOST_PARTS + 1);
      if (parts.length > MOST_PARTS) throw failure(`split makes more than ${MOST_PARTS} parts`);
      budget.spend(parts.length);
      return parts;
    },
    lower: changed((plain) => plain.toLowerCase()),
    upper: changed((plain) => plain.toUpperCase()),
    title: changed((plain) => plain.replace(/(?<![\p{L}\p{N}_])\p{L}/gu, (letter) => letter.toUpperCase())),
    pad: (value, before, after) => {
      const given = text(value, show);
      if (given === '') return '';
      const [left, right] = [width(before, budget), width(after, budget)];
      budget.make(given.length);
      return `${' '.repeat(left)}${given}${' '.repeat(right)}`;
    },
    truncate: (value, size) => Array.from(text(value, show)).slice(0, width(size, budget)).join(''),
    print,
    println: (...values) => `${printed(values, () => true)}\n`,
    printf: (format, ...values) => formatted(text(format, show), values, show, budget),
    html: escaped(htmlEscaped),
    js: escaped(jsEscaped),
    urlquery: escaped(urlEscaped),
    not: (value) => !isTrue(value),
    eq: (value, ...others) => others.some((other) => areEqual(value, other)),
    ne: (one, other) => !areEqual(one, other),
    lt: (one, other) => compared(one, other) < 0,
    le: (one, other) => compared(one, other) <= 0,
    gt: (one, other) => compared(one, other) > 0,
    ge: (one, other) => compared(one, other) >= 0,
  };
  return Object.fromEntries(Object.entries(functions).map(([name, call]) => [name, counted(name, call)]));
}

/** @throws GantryError `invalid` for too few or too many arguments */
function counted(name: string, call: TemplateFunction): TemplateFunction {
  const [least, most] = ARGUMENTS[name] ?? [0, 0];
  return (...values) => {
    if (values.length >= least && values.length <= most) return call(...values);
    const wanted = least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
    throw failure(`wrong number of args for ${name}: want ${wanted} got ${values.length}`);
  };
}

function text(value: unknown, show: Show): string {
  if (typeof value === 'string') return value;
  throw failure(
    `wrong type for value; expected string; got ${value === undefined || value === null ? 'nothing' : show(value).slice(0, 100)}`,
  );
}

/** What `join` joins: elements of a list, sorted values of a map. */
function elements(value: unknown, show: Show): readonly unknown[] {
  const kind = kindOf(value);
  if (kind === 'nil') return [];
  if (kind === 'list') return value as readonly unknown[];
  if (kind === 'map')
    return membersOf(value as object)
      .map(([, each]) => show(each))
      .sort();
  throw failure(`join of what is no list: ${show(value).slice(0, 100)}`);
}

/** Counts a number of spaces before they are there. */
function width(count: unknown, budget: TemplateBudget): number {
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) throw failure(`${String(count)} is no width`);
  budget.make(count);
  return count;
}
