import { compileTemplate, GantryError } from '../../../kernel/index.js';
import { DEFAULT_LOG, type LogConfig } from '../contracts/index.js';

const DRIVERS = ['local', 'json-file', 'none'] as const;
const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1e3, m: 1e6, g: 1e9 };
/** A smaller file would hold less than what a program can write at once. */
const MIN_SIZE = 1000;
const MAX_FILES = 10_000;

/** What may stand behind `--log-opt`, with what is wrong about a value; undefined where nothing is. */
const OPTIONS: Readonly<Record<string, (value: string) => string | undefined>> = {
  'max-size': (value) => (parseSize(value) === undefined ? 'Give a size of at least 1k, like 10m' : undefined),
  'max-file': (value) => (parseCount(value) === undefined ? `Give a number from 1 to ${MAX_FILES}` : undefined),
  'max-buffer-size': (value) => (/^\d+(\.\d+)?\s*([kmgt]i?)?b?$/i.test(value) ? undefined : 'Give a size, like 4m'),
  mode: (value) => (/^(non-)?blocking$/.test(value) ? undefined : "Give 'blocking' or 'non-blocking'"),
  compress: (value) => (/^(1|t|true|0|f|false)$/i.test(value) ? undefined : "Give 'true' or 'false'"),
  labels: () => undefined,
  env: () => undefined,
  tag: (value) => (isTemplate(value) ? undefined : 'Give a template, like {{.Name}}'),
};

/**
 * `--log-driver` and `--log-opt`, as in Docker.
 * @throws GantryError `usage`
 */
export function parseLogOptions(driver: string, given: readonly string[]): LogConfig {
  const known = DRIVERS.find((name) => name === (driver || 'local'));
  if (!known) throw wrong(`logger: no log driver named '${driver}' is registered`, `There are ${DRIVERS.join(', ')}`);
  if (known === 'none' && given.length > 0) throw wrong('invalid logging opts for driver none', 'It stores nothing');
  const options = Object.fromEntries(given.map(splitOnce));
  for (const [name, value] of Object.entries(options)) checkOption(known, name, value);
  if ('max-buffer-size' in options && options['mode'] !== 'non-blocking') {
    throw wrong(
      "logger: max-buffer-size option is only supported with 'mode=non-blocking'",
      'Give --log-opt mode=non-blocking too, or leave it out',
    );
  }
  const { 'max-size': size = '', 'max-file': count = '' } = options;
  return {
    driver: known,
    maxSize: parseSize(size) ?? DEFAULT_LOG.maxSize,
    maxFiles: parseCount(count) ?? DEFAULT_LOG.maxFiles,
    ...(given.length > 0 && { options }),
  };
}

function checkOption(driver: string, name: string, value: string): void {
  const wrongWith = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
  if (!wrongWith) {
    throw wrong(`unknown log opt '${name}' for ${driver} log driver`, `There are ${Object.keys(OPTIONS).join(', ')}`);
  }
  const hint = wrongWith(value);
  if (hint !== undefined) throw wrong(`invalid value for log opt '${name}': ${value}`, hint);
}

/** Undefined for what is no size of a log. */
function parseSize(value: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([bkmg]?)b?$/i.exec(value) ?? [];
  const size = Math.floor(Number(number) * (UNITS[unit.toLowerCase()] ?? 1));
  return number && size >= MIN_SIZE && Number.isSafeInteger(size) ? size : undefined;
}

function parseCount(value: string): number | undefined {
  const count = /^\d+$/.test(value) ? Number(value) : 0;
  return count >= 1 && count <= MAX_FILES ? count : undefined;
}

function isTemplate(value: string): boolean {
  try {
    compileTemplate(value);
    return true;
  } catch {
    return false;
  }
}

function splitOnce(option: string): [name: string, value: string] {
  const at = option.indexOf('=');
  return at < 0 ? [option, ''] : [option.slice(0, at), option.slice(at + 1)];
}

function wrong(message: string, hint: string): GantryError {
  return new GantryError('usage', message, { hint });
}
