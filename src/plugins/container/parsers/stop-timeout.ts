import { GantryError } from '../../../kernel/index.js';

/** Docker's default stop timeout. */
export const DEFAULT_STOP_TIMEOUT_S = 10;

/** -1 waits for ever. @throws GantryError `usage` */
export function parseStopTimeout(value: number): number {
  if (!Number.isInteger(value) || value < -1) {
    throw new GantryError('usage', `invalid time: ${value}: a number of seconds, or -1 to wait for ever`);
  }
  return value;
}
