import { goTime, plain } from '../text/index.js';
import { TemplateMap } from './go-values.js';

/** Makes text of a value that is none, as Go prints it: `[a b]`, `map[k:v]`, `{a b}`. */
export type Show = (value: unknown) => string;

export type Kind = 'nil' | 'bool' | 'int' | 'float64' | 'string' | 'list' | 'map' | 'struct' | 'func';

/** What Go would call a value. */
export function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return 'nil';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'function') return 'func';
  if (Array.isArray(value)) return 'list';
  return value instanceof TemplateMap ? 'map' : 'struct';
}

/** Go's notion: what is zero or empty is false. A struct is true. */
export function isTrue(value: unknown): boolean {
  const kind = kindOf(value);
  if (kind === 'list') return (value as readonly unknown[]).length > 0;
  if (kind === 'map') return Object.keys(value as object).length > 0;
  return Boolean(value);
}

/** Names and values of a struct's fields, those that JSON leaves out among them; keys and values of a map. */
export function membersOf(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(Object.getOwnPropertyDescriptors(value))
    .filter(([, { get, value: member }]) => !get && typeof member !== 'function')
    .map(([name, { value: member }]) => [name, member] as const);
}

/** A text is shown as it is. */
export function show(value: unknown): string {
  return shown(value, (text) => text);
}

/** As `show`, but texts within a list or an object are made safe to print. */
export function showSafely(value: unknown): string {
  return typeof value === 'string' ? value : shown(value, plain);
}

function shown(value: unknown, text: (text: string) => string): string {
  if (value === null) return '<nil>';
  if (value === undefined) return '<no value>';
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return shownNumber(value);
  if (value instanceof Date) return goTime(value);
  const all = (values: readonly unknown[]): string => values.map((each) => shown(each, text)).join(' ');
  if (Array.isArray(value)) return `[${all(value)}]`;
  if (typeof value !== 'object') return String(value);
  const members = membersOf(value);
  if (!(value instanceof TemplateMap)) return `{${all(members.map(([, each]) => each))}}`;
  return `map[${members.map(([key, each]) => `${text(key)}:${shown(each, text)}`).join(' ')}]`;
}

/** As `%v`: the shortest digits, and an exponent from 1e+21 on and below 1e-4. */
function shownNumber(value: number): string {
  const size = Math.abs(value);
  const isPlain = value === 0 || (size >= 1e-4 && size < 1e21);
  return isPlain ? String(value) : value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}
