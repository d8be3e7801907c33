import { GantryError } from '../contracts/index.js';

/**
 * Labels as the user wrote them, `KEY` or `KEY=VALUE`; of two with one key the last counts.
 * @throws GantryError `usage`, in Docker's words
 */
export function parseLabels(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(entries.map(parseLabel));
}

/** Labels are in each list of what has them, and in each event. */
const MAX_LABELS = 4096;
const MAX_BYTES = 1024 * 1024;

/** @throws GantryError `invalid` for more labels than lists can be made of */
export function checkLabels(labels: Readonly<Record<string, string>>): void {
  const entries = Object.entries(labels);
  const bytes = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (entries.length > MAX_LABELS) {
    throw new GantryError('invalid', `too many labels: ${entries.length}, and ${MAX_LABELS} are the most`);
  }
  if (bytes > MAX_BYTES) throw new GantryError('invalid', `its labels have more than ${MAX_BYTES} characters`);
}

function parseLabel(entry: string): [key: string, value: string] {
  const [key = ''] = entry.split('=', 1);
  if (key === '') throw new GantryError('usage', `invalid label '${entry}': empty name`);
  if (/\s/.test(key)) throw new GantryError('usage', `invalid label '${entry}': label name contains whitespaces`);
  return [key, entry.slice(key.length + 1)];
}
