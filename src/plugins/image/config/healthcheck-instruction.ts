import { GantryError, milliseconds } from '../../../kernel/index.js';
import type { HealthConfig } from '../contracts/index.js';

const NS_PER_MS = 1e6;
const TIMES: Readonly<Record<string, keyof HealthConfig>> = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
};

/**
 * The text of `HEALTHCHECK`: `NONE`, or `[--interval=30s ...] CMD` and a command.
 * @param list of a text in JSON, if it is one
 * @throws GantryError `invalid`
 */
export function healthcheck(text: string, list: (text: string) => string[] | undefined): HealthConfig {
  const [, flags = '', kind = '', rest = ''] = /^((?:--\S*\s+)*)(\S*)\s*(.*)$/s.exec(text) ?? [];
  const settings = Object.assign({}, ...flags.split(/\s+/).filter(Boolean).map(setting)) as HealthConfig;
  if (kind.toUpperCase() === 'NONE') {
    if (rest !== '' || flags !== '') throw new GantryError('invalid', 'HEALTHCHECK NONE takes no arguments');
    return { Test: ['NONE'] };
  }
  if (kind.toUpperCase() !== 'CMD') {
    throw new GantryError('invalid', `unknown type "${kind}" in HEALTHCHECK (try CMD, or NONE)`);
  }
  const words = list(rest);
  if (rest === '' || words?.length === 0) throw new GantryError('invalid', 'missing command after HEALTHCHECK CMD');
  return { Test: words ? ['CMD', ...words] : ['CMD-SHELL', rest], ...settings };
}

function setting(flag: string): HealthConfig {
  const [, name = '', value = ''] = /^--([^=]*)=?(.*)$/s.exec(flag) ?? [];
  if (name === 'retries') {
    if (!/^\d{1,9}$/.test(value)) throw bad(flag, 'a number like 3');
    return { Retries: Number(value) };
  }
  const key = Object.hasOwn(TIMES, name) ? TIMES[name] : undefined;
  if (!key) throw new GantryError('invalid', `unknown flag of HEALTHCHECK: --${name}`);
  const time = milliseconds(value);
  if (time === undefined || time < 0 || (time > 0 && time < 1)) throw bad(flag, '500ms, 30s, 1m30s');
  return { [key]: time * NS_PER_MS };
}

function bad(flag: string, like: string): GantryError {
  return new GantryError('invalid', `HEALTHCHECK cannot take ${flag}`, { hint: `Like ${like}` });
}
