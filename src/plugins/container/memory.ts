import { GantryError } from '../../kernel/errors.js';

const UNITS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4, p: 5 };
const MINIMUM = 6 * 1024 * 1024;
/** Twice of it, as the limit of memory and swap, is still an exact number in JSON. */
const MAXIMUM = Number.MAX_SAFE_INTEGER / 2;

/**
 * Bytes of a `-m` value. 0: no limit.
 * @throws GantryError `usage` for what is no size, `invalid` for one that no container can live with
 */
export function parseMemory(value: string): number {
  const bytes = parseSize(value, '-m, --memory');
  if (bytes > 0 && bytes < MINIMUM) throw new GantryError('invalid', 'Minimum memory limit allowed is 6MB');
  if (bytes > MAXIMUM) throw new GantryError('invalid', `The memory limit ${value} is more than a machine can have`);
  return bytes;
}

/** Bytes of a size: `512m`, `1g`, `1.5GiB`, plain bytes; units are binary. @throws GantryError `usage` for what is none */
export function parseSize(value: string, flag: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?) ?(?:([kmgtp]?)i?b?)$/i.exec(value) ?? [];
  const bytes = Math.floor(Number(digits) * 1024 ** (UNITS[unit.toLowerCase()] ?? 0));
  if (bytes > Number.MAX_SAFE_INTEGER)
    throw new GantryError('invalid', `The size ${value} is more than a machine can have`);
  if (digits !== undefined) return bytes;
  throw new GantryError('usage', `invalid argument "${value}" for "${flag}" flag: invalid size: '${value}'`);
}
