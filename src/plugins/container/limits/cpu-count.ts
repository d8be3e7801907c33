import { GantryError } from '../../../kernel/index.js';

const NANO = 1e9;
const DECIMAL = String.raw`\d+(?:\.\d*)?(?:e[-+]?\d{1,3})?|\.\d+(?:e[-+]?\d{1,3})?`;
const RATIONAL = new RegExp(`^([-+]?)(${DECIMAL})(?:/(\\d+))?$`, 'i');

/**
 * Processors of `--cpus`, as Go reads rational numbers: `1.5`, `1e-1`, `1/2`.
 * @throws GantryError `usage`, in Docker's words, for what is none, or has more than nine decimals
 */
export function parseCpuCount(value: string): number {
  const [, sign, number, divisor = '1'] = RATIONAL.exec(value) ?? [];
  const count = Number(number) / Number(divisor);
  if (number === undefined || !Number.isFinite(count))
    throw wrong(value, `failed to parse ${value} as a rational number`);
  const nanos = Math.round(count * NANO);
  // Beyond the precision of a double the rest is noise.
  if (Math.abs(count * NANO - nanos) > 1e-4) throw wrong(value, 'value is too precise');
  return (sign === '-' && nanos > 0 ? -nanos : nanos) / NANO;
}

function wrong(value: string, reason: string): GantryError {
  return new GantryError('usage', `invalid argument "${value}" for "--cpus" flag: ${reason}`);
}
