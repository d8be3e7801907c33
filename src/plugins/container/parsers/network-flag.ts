import { GantryError } from '../../../kernel/index.js';
import { csvFields, keyAndValue } from './csv.js';

/** One `--network`. */
export interface NetworkFlag {
  readonly network: string;
  readonly aliases: readonly string[];
  readonly address?: string;
  readonly ip6?: string;
  readonly macAddress?: string;
  readonly linkLocal: readonly string[];
  readonly driverOptions: readonly string[];
  readonly gatewayPriority?: number;
}

/** Of each, the last value counts. */
const TEXTS: Readonly<Record<string, 'network' | 'address' | 'ip6' | 'macAddress'>> = {
  name: 'network',
  ip: 'address',
  ip6: 'ip6',
  'mac-address': 'macAddress',
};
const LISTS: Readonly<Record<string, 'aliases' | 'linkLocal' | 'driverOptions'>> = {
  alias: 'aliases',
  'link-local-ip': 'linkLocal',
  'driver-opt': 'driverOptions',
};

/** A name or mode, or `name=n,alias=a,ip=10.0.0.2`. @throws GantryError `usage`, in Docker's words */
export function parseNetworkFlag(value: string): NetworkFlag {
  if (value === '') throw wrong(value, 'network name/id is not specified');
  const flag = { network: '', aliases: [] as string[], linkLocal: [] as string[], driverOptions: [] as string[] };
  if (!value.includes('=')) return { ...flag, network: value === 'default' ? 'bridge' : value };
  const texts: Partial<Record<'network' | 'address' | 'ip6' | 'macAddress', string>> = {};
  let gatewayPriority: number | undefined;
  for (const field of csvFields(value)) {
    const [name, text] = keyAndValue(field);
    const key = name.trim().toLowerCase();
    const [one, list] = Object.hasOwn(TEXTS, key) || Object.hasOwn(LISTS, key) ? [TEXTS[key], LISTS[key]] : [];
    if (!text) throw wrong(value, `invalid field ${field}`);
    if (one) texts[one] = text;
    else if (list) flag[list].push(text);
    else if (key !== 'gw-priority') throw wrong(value, `invalid field key ${key}`);
    else if (/^[-+]?\d{1,9}$/.test(text)) gatewayPriority = Number(text);
    else throw wrong(value, `invalid gw-priority: ${text}`);
  }
  if (!texts.network) throw wrong(value, 'network name/id is not specified');
  return { ...flag, ...texts, network: texts.network, ...(gatewayPriority !== undefined && { gatewayPriority }) };
}

function wrong(value: string, reason: string): GantryError {
  return new GantryError('usage', `invalid argument ${JSON.stringify(value)} for "--network" flag: ${reason}`);
}
