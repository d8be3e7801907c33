import { type Client, GantryError } from '../contracts/index.js';
import { atLocalTime } from './time-zone.js';

const SECONDS = /^\d{1,12}(\.\d+)?$/;
const DURATION = /^(\d+(\.\d+)?(h|ms|m|s|us|µs|ns))+$/;
const PART = /(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g;
const DATE = /^(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?(Z|[+-]\d\d:\d\d)?$/;
const UNITS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/**
 * Parses a value of `--since` or `--until`: seconds since 1970, a date of RFC 3339, or how long ago (`10m`, `1h30m`). A date
 * without a zone is one of the client's, by its `TZ`.
 * @param flag named in the error: `--since`
 * @returns milliseconds since 1970
 * @throws GantryError `usage`
 */
export function parseTimeFlag(text: string, flag: string, client: Pick<Client, 'env'>, now = Date.now()): number {
  if (SECONDS.test(text)) return Number(text) * 1000;
  if (DURATION.test(text)) return now - durationOf(text);
  const time = dateOf(text, client.env['TZ'] ?? '');
  if (!Number.isNaN(time)) return time;
  throw new GantryError('usage', `invalid value ${JSON.stringify(text)} for ${flag}`, {
    hint: 'Give seconds since 1970, a date like 2026-01-31T12:00:00Z, or how long ago: 10m',
  });
}

/** NaN for what is no date. */
function dateOf(text: string, zone: string): number {
  const [, day, hour = '00', minute = '00', second = '00', offset] = DATE.exec(text) ?? [];
  const time = Date.parse(`${day}T${hour}:${minute}:${second}${offset ?? 'Z'}`);
  return offset === undefined && !Number.isNaN(time) ? atLocalTime(time, zone) : time;
}

function durationOf(text: string): number {
  let milliseconds = 0;
  for (const [, count, unit = ''] of text.matchAll(PART)) milliseconds += Number(count) * (UNITS[unit] ?? 0);
  return milliseconds;
}
