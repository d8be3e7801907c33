import { GantryError } from '../contracts/index.js';

/**
 * Labels as the user wrote them, `KEY` or `KEY=VALUE`; of two with one key the last counts.
 * @throws GantryError `usage`, in Docker's words
 */
export function parseLabels(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(entries.map(parseLabel));
}

function parseLabel(entry: string): [key: string, value: string] {
  const [key = ''] = entry.split('=', 1);
  if (key === '') throw new GantryError('usage', `invalid label '${entry}': empty name`);
  if (/\s/.test(key)) throw new GantryError('usage', `invalid label '${entry}': label name contains whitespaces`);
  return [key, entry.slice(key.length + 1)];
}
