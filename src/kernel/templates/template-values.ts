import { plain } from '../text/index.js';

/** Makes text of a value that is none: as Go prints it, `[a b]`, `map[k:v]`. */
export type Show = (value: unknown) => string;

/** Go's notion: what is zero or empty is false. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
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
  if (Array.isArray(value)) return `[${value.map((each) => shown(each, text)).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `map[${entries.map(([key, each]) => `${text(key)}:${shown(each, text)}`).join(' ')}]`;
}
