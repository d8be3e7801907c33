import { printableJson } from '../text/index.js';
import { failure, type TemplateBudget } from './template-budget.js';
import { isTrue, type Show } from './template-values.js';

export type TemplateFunction = (...args: unknown[]) => unknown;

const MOST_PARTS = 10_000;

/**
 * Those of Go's text/template and of Docker that make sense for plain data. What text they make is counted before it is there.
 * @param leaf makes a text safe that comes out of the data
 */
export function templateFunctions(
  show: Show,
  leaf: (value: unknown) => unknown,
  budget: TemplateBudget,
): Readonly<Record<string, TemplateFunction>> {
  /** Text of these pieces, with something in between. */
  const joined = (values: readonly unknown[], separator: string): string => {
    const pieces = values.map(show);
    budget.make(pieces.reduce((sum, piece) => sum + piece.length + separator.length, 0));
    return pieces.join(separator);
  };
  const changed = (value: unknown, change: (text: string) => string): string => change(joined([value], ''));
  const spaces = (count: unknown): string => ' '.repeat(width(count, budget));
  return {
    json: (value) => {
      const text = printableJson(value ?? null);
      budget.make(text.length);
      return text;
    },
    len: (value) => length(value, show),
    index: (value, ...keys) => leaf(keys.reduce((from, key) => at(from, key, show), value)),
    join: (list, separator = '') => joined(elements('join', list, show).map(leaf), show(separator)),
    split: (text, separator) => {
      const parts = show(text).split(show(separator), MOST_PARTS + 1);
      if (parts.length > MOST_PARTS) throw failure(`split makes more than ${MOST_PARTS} parts`);
      budget.spend(parts.length);
      return parts;
    },
    lower: (text) => changed(text, (plain) => plain.toLowerCase()),
    upper: (text) => changed(text, (plain) => plain.toUpperCase()),
    title: (text) => changed(text, (plain) => plain.replace(/(?<=^|\s)\S/gu, (letter) => letter.toUpperCase())),
    pad: (text, before, after) => joined([spaces(before), text, spaces(after)], ''),
    truncate: (text, size) => show(text).slice(0, Number(size)),
    print: (...values) => joined(values, ''),
    println: (...values) => `${joined(values, ' ')}\n`,
    printf: (format, ...values) => printf(joined([format], ''), values, show, budget),
    not: (value) => !isTrue(value),
    and: (...values) => atLeastOne('and', values).reduce((one, other) => (isTrue(one) ? other : one)),
    or: (...values) => atLeastOne('or', values).reduce((one, other) => (isTrue(one) ? one : other)),
    eq: (value, ...others) => others.some((other) => other === value),
    ne: (one, other) => one !== other,
    lt: (one, other) => compare(one, other, show) < 0,
    le: (one, other) => compare(one, other, show) <= 0,
    gt: (one, other) => compare(one, other, show) > 0,
    ge: (one, other) => compare(one, other, show) >= 0,
  };
}

/** @throws GantryError `invalid`, in Go's words */
function atLeastOne(name: string, values: readonly unknown[]): readonly unknown[] {
  if (values.length > 0) return values;
  throw failure(`wrong number of args for ${name}: want at least 1 got 0`);
}

function length(value: unknown, show: Show): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'object') return Object.keys(value ?? {}).length;
  throw failure(`len of ${show(value)}`);
}

function at(value: unknown, key: unknown, show: Show): unknown {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) {
    const index = Number(key);
    if (Number.isInteger(index) && index >= 0 && index < value.length) return value[index];
    throw failure(`index out of range: ${show(key)}`);
  }
  if (typeof value !== 'object') throw failure(`can't index ${show(value)}`);
  return Object.hasOwn(value, String(key)) ? (value as Record<string, unknown>)[String(key)] : '';
}

function elements(name: string, list: unknown, show: Show): readonly unknown[] {
  if (list === null || list === undefined) return [];
  if (Array.isArray(list)) return list;
  throw failure(`${name} of what is no list: ${show(list)}`);
}

function compare(one: unknown, other: unknown, show: Show): number {
  const isComparable = typeof one === typeof other && (typeof one === 'number' || typeof one === 'string');
  if (!isComparable) throw failure(`${show(one)} and ${show(other)} cannot be compared`);
  if (one === other) return 0;
  return (one as number) < (other as number) ? -1 : 1;
}

/** `%s`, `%v`, `%d`, `%q`, `%t`, `%x`, `%%`, with a width: `%-10s`, `%.12s`. */
function printf(format: string, values: readonly unknown[], show: Show, budget: TemplateBudget): string {
  let next = 0;
  return format.replace(
    /%(-?)(\d*)(?:\.(\d+))?([svdqtx%])/g,
    (_, left: string, size: string, most: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      const value = values[next++];
      const text = verb === 'q' ? printableJson(show(value)) : verb === 'x' ? Number(value).toString(16) : show(value);
      const cut = most === undefined ? text : text.slice(0, Number(most));
      budget.make(cut.length);
      const wide = size === '' ? 0 : width(size, budget);
      return left ? cut.padEnd(wide) : cut.padStart(wide);
    },
  );
}

/** Counts a number of spaces before they are there. */
function width(count: unknown, budget: TemplateBudget): number {
  const number = Number(count);
  if (!Number.isInteger(number) || number < 0) throw failure(`${String(count)} is no width`);
  budget.make(number);
  return number;
}
