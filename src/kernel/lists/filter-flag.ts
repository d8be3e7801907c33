import { GantryError } from '../contracts/index.js';

/** The values of `--filter NAME=VALUE`, by name. */
export type Filters = ReadonlyMap<string, readonly string[]>;

/**
 * Sorts `--filter` values by name.
 * @throws GantryError `usage` for what is no `NAME=VALUE`, `invalid` for a name that is not among `known`
 */
export function parseFilters(given: readonly string[], known: readonly string[]): Filters {
  const filters = new Map<string, string[]>();
  for (const filter of given) {
    const at = filter.indexOf('=');
    if (at < 0) {
      const shown = JSON.stringify(filter);
      throw new GantryError('usage', `invalid argument ${shown} for "-f, --filter" flag: expected NAME=VALUE`);
    }
    const name = filter.slice(0, at).trim().toLowerCase();
    if (!known.includes(name)) {
      throw new GantryError('invalid', `invalid filter '${name}'`, { hint: `Known are ${known.join(', ')}` });
    }
    filters.set(name, [...(filters.get(name) ?? []), filter.slice(at + 1).trim()]);
  }
  return filters;
}

/** Docker's rule: one value of a filter is enough, and all filters must be met. */
export function meets(filters: Filters, name: string, isMet: (value: string) => boolean): boolean {
  return filters.get(name)?.some(isMet) ?? true;
}

/** Labels are the exception: `label=KEY` and `label=KEY=VALUE` must all be met, and no `label!=…`. */
export function meetsLabels(filters: Filters, labels: Readonly<Record<string, string>>): boolean {
  const has = (wanted: string): boolean => {
    const at = wanted.indexOf('=');
    if (at < 0) return Object.hasOwn(labels, wanted);
    const key = wanted.slice(0, at);
    return Object.hasOwn(labels, key) && labels[key] === wanted.slice(at + 1);
  };
  return (filters.get('label') ?? []).every(has) && !(filters.get('label!') ?? []).some(has);
}

const TRUTHS: Readonly<Record<string, boolean>> = { true: true, t: true, 1: true, false: false, f: false, 0: false };

/**
 * The value of a filter that is true or false; undefined where it is not given.
 * @throws GantryError `invalid` for another value, or two that differ
 */
export function booleanFilter(filters: Filters, name: string): boolean | undefined {
  const values = (filters.get(name) ?? []).map((value) => {
    const truth = Object.hasOwn(TRUTHS, value.toLowerCase()) ? TRUTHS[value.toLowerCase()] : undefined;
    if (truth !== undefined) return truth;
    throw new GantryError('invalid', `invalid filter '${name}=${value}'`, { hint: 'It is true or false' });
  });
  if (new Set(values).size > 1) throw new GantryError('invalid', `invalid filter '${name}': both true and false`);
  return values[0];
}
