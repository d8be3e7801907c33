import { GantryError } from '../../../kernel/index.js';
import { DEFAULT_LOG, type LogConfig } from '../contracts/index.js';

const DRIVERS = ['local', 'json-file', 'none'] as const;
const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1e3, m: 1e6, g: 1e9 };
/** A smaller file would hold less than what a program can write at once. */
const MIN_SIZE = 1000;
const MAX_FILES = 10_000;

/**
 * `--log-driver` and `--log-opt`, as in Docker.
 * @throws GantryError `usage`
 */
export function parseLogOptions(driver: string, options: readonly string[]): LogConfig {
  const known = DRIVERS.find((name) => name === (driver || 'local'));
  if (!known) throw wrong(`logger: no log driver named '${driver}' is registered`, `There are ${DRIVERS.join(', ')}`);
  if (known === 'none' && options.length > 0) throw wrong('invalid logging opts for driver none', 'It stores nothing');
  let { maxSize, maxFiles } = DEFAULT_LOG;
  for (const option of options) {
    const [name = '', value = ''] = splitOnce(option);
    if (name === 'max-size') maxSize = parseSize(value);
    else if (name === 'max-file') maxFiles = parseCount(value);
    else throw wrong(`unknown log opt '${name}' for ${known} log driver`, 'There are max-size and max-file');
  }
  return { driver: known, maxSize, maxFiles };
}

function parseSize(value: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([bkmg]?)b?$/i.exec(value) ?? [];
  const size = Math.floor(Number(number) * (UNITS[unit.toLowerCase()] ?? 1));
  if (number && size >= MIN_SIZE && Number.isSafeInteger(size)) return size;
  throw wrong(`invalid value for log opt 'max-size': ${value}`, 'Give a size of at least 1k, like 10m');
}

function parseCount(value: string): number {
  const count = /^\d+$/.test(value) ? Number(value) : 0;
  if (count >= 1 && count <= MAX_FILES) return count;
  throw wrong(`invalid value for log opt 'max-file': ${value}`, `Give a number from 1 to ${MAX_FILES}`);
}

function splitOnce(option: string): [string, string?] {
  const at = option.indexOf('=');
  return at < 0 ? [option] : [option.slice(0, at), option.slice(at + 1)];
}

function wrong(message: string, hint: string): GantryError {
  return new GantryError('usage', message, { hint });
}
