import { failure } from './budget.js';
import { TemplateMap } from './go-values.js';
import { kindOf, type Show } from './values.js';

/** Bytes of a text, elements of a list or map. @throws GantryError `invalid` for what has no length */
export function lengthOf(value: unknown, show: Show): number {
  const kind = kindOf(value);
  if (kind === 'string') return Buffer.byteLength(value as string);
  if (kind === 'list') return (value as readonly unknown[]).length;
  if (kind === 'map' || kind === 'struct') return Object.keys(value as object).length;
  throw failure(`len of ${kind === 'nil' ? 'nothing' : show(value)}`);
}

/** The element of a list, a key's value in a map, a byte of a text. @throws GantryError `invalid` for a place that there is not */
export function elementAt(value: unknown, key: unknown, show: Show): unknown {
  const kind = kindOf(value);
  if (kind === 'nil') throw failure('index of nothing');
  if (kind === 'list') return (value as readonly unknown[])[place(key, (value as readonly unknown[]).length - 1, show)];
  if (kind === 'string') {
    const bytes = Buffer.from(value as string);
    return bytes[place(key, bytes.length - 1, show)];
  }
  if (kind !== 'map' && kind !== 'struct') throw failure(`can't index ${show(value)}`);
  if (typeof key !== 'string') throw failure(`a map has texts as keys, not ${show(key)}`);
  if (Object.hasOwn(value as object, key)) return (value as Record<string, unknown>)[key];
  return value instanceof TemplateMap ? TemplateMap.missingOf(value) : '';
}

/** Go's `x[from:to]`, of a list or of a text's bytes. @throws GantryError `invalid` for places that there are not */
export function partOf(value: unknown, places: readonly unknown[], show: Show): unknown {
  const kind = kindOf(value);
  if (kind !== 'list' && kind !== 'string') throw failure(`can't slice ${kind === 'nil' ? 'nothing' : show(value)}`);
  if (kind === 'string' && places.length > 2) throw failure('cannot 3-index slice a string');
  const whole = kind === 'string' ? Buffer.from(value as string) : (value as readonly unknown[]);
  const [from = 0, to = whole.length, capacity = whole.length] = places.map((each) => place(each, whole.length, show));
  if (from > to || to > capacity) throw failure(`invalid slice index: ${from} > ${to}`);
  return kind === 'string'
    ? (whole as Buffer).toString('utf8', from, to)
    : (whole as readonly unknown[]).slice(from, to);
}

function place(key: unknown, last: number, show: Show): number {
  if (typeof key !== 'number' || !Number.isInteger(key)) throw failure(`cannot index with ${show(key)}`);
  if (key < 0 || key > last) throw failure(`index out of range: ${key}`);
  return key;
}
