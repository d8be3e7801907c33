import { GantryError } from '../contracts/index.js';

const UNITS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/** Bytes of a size: `512m`, `1g`, `1.5GiB`, plain bytes; units are binary. @throws GantryError `usage` for what is none */
export function parseSize(value: string, flag: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?) ?(?:([kmgtp])(?:i?b)?|b)?$/i.exec(value) ?? [];
  const bytes = Math.floor(Number(digits) * 1024 ** (UNITS[unit.toLowerCase()] ?? 0));
  if (bytes > Number.MAX_SAFE_INTEGER)
    throw new GantryError('invalid', `The size ${value} is more than a machine can have`);
  if (digits !== undefined) return bytes;
  throw new GantryError('usage', `invalid argument "${value}" for "${flag}" flag: invalid size: '${value}'`);
}
