import { GantryError } from '../contracts/index.js';

type TemplateFunction = (...args: unknown[]) => unknown;

/** Those of Go's text/template and of Docker that make sense for plain data. */
export const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  json: (value) => JSON.stringify(value ?? null),
  len: length,
  index: (value, ...keys) => keys.reduce(at, value),
  join: (list, separator = '') => elements('join', list).map(show).join(String(separator)),
  split: (text, separator) => show(text).split(String(separator)),
  lower: (text) => show(text).toLowerCase(),
  upper: (text) => show(text).toUpperCase(),
  title: (text) => show(text).replace(/(?<=^|\s)\S/gu, (letter) => letter.toUpperCase()),
  pad: (text, before, after) => `${' '.repeat(Number(before))}${show(text)}${' '.repeat(Number(after))}`,
  truncate: (text, size) => show(text).slice(0, Number(size)),
  print: (...values) => values.map(show).join(''),
  println: (...values) => `${values.map(show).join(' ')}\n`,
  printf,
  not: (value) => !isTrue(value),
  and: (...values) => values.reduce((one, other) => (isTrue(one) ? other : one)),
  or: (...values) => values.reduce((one, other) => (isTrue(one) ? one : other)),
  eq: (value, ...others) => others.some((other) => other === value),
  ne: (one, other) => one !== other,
  lt: (one, other) => compare(one, other) < 0,
  le: (one, other) => compare(one, other) <= 0,
  gt: (one, other) => compare(one, other) > 0,
  ge: (one, other) => compare(one, other) >= 0,
};

/** Go's notion: what is zero or empty is false. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** As Go prints it: `[a b]`, `map[k:v]`. */
export function show(value: unknown): string {
  if (value === null) return '<nil>';
  if (value === undefined) return '<no value>';
  if (Array.isArray(value)) return `[${value.map(show).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `map[${entries.map(([key, each]) => `${key}:${show(each)}`).join(' ')}]`;
}

function length(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'object') return Object.keys(value ?? {}).length;
  throw failure(`len of ${show(value)}`);
}

function at(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) {
    const index = Number(key);
    if (Number.isInteger(index) && index >= 0 && index < value.length) return value[index];
    throw failure(`index out of range: ${show(key)}`);
  }
  if (typeof value !== 'object') throw failure(`can't index ${show(value)}`);
  return Object.hasOwn(value, String(key)) ? (value as Record<string, unknown>)[String(key)] : '';
}

function elements(name: string, list: unknown): readonly unknown[] {
  if (list === null || list === undefined) return [];
  if (Array.isArray(list)) return list;
  throw failure(`${name} of what is no list: ${show(list)}`);
}

function compare(one: unknown, other: unknown): number {
  const isComparable = typeof one === typeof other && (typeof one === 'number' || typeof one === 'string');
  if (!isComparable) throw failure(`${show(one)} and ${show(other)} cannot be compared`);
  if (one === other) return 0;
  return (one as number) < (other as number) ? -1 : 1;
}

/** `%s`, `%v`, `%d`, `%q`, `%t`, `%x`, `%%`, with a width: `%-10s`, `%.12s`. */
function printf(format: unknown, ...values: unknown[]): string {
  let next = 0;
  return show(format).replace(
    /%(-?)(\d*)(?:\.(\d+))?([svdqtx%])/g,
    (_, left: string, width: string, most: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      const value = values[next++];
      const text = verb === 'q' ? JSON.stringify(show(value)) : verb === 'x' ? Number(value).toString(16) : show(value);
      const cut = most === undefined ? text : text.slice(0, Number(most));
      return left ? cut.padEnd(Number(width)) : cut.padStart(Number(width));
    },
  );
}

export function failure(message: string): GantryError {
  return new GantryError('invalid', `template: ${message}`);
}
