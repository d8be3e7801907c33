import { GantryError, parseSize } from '../../../kernel/index.js';

export const MINIMUM_MEMORY = 6 * 1024 * 1024;
/** Twice of it, as the limit of memory and swap, is still an exact number in JSON. */
const MAXIMUM = Number.MAX_SAFE_INTEGER / 2;

/**
 * Bytes of a `-m` value. 0: no limit.
 * @throws GantryError `usage` for an invalid size, `invalid` for one that is too small or too large
 */
export function parseMemory(value: string): number {
  const bytes = parseSize(value, '-m, --memory');
  if (bytes > 0 && bytes < MINIMUM_MEMORY) throw new GantryError('invalid', 'Minimum memory limit allowed is 6MB');
  if (bytes > MAXIMUM) throw new GantryError('invalid', `The memory limit ${value} is more than a machine can have`);
  return bytes;
}
