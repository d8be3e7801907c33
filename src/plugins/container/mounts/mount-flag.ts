import { existsSync } from 'node:fs';
import { GantryError, parseSize } from '../../../kernel/index.js';
import type { MountRequest, TmpfsRequest } from '../contracts/index.js';
import { tmpfsRequest } from './tmpfs-flag.js';
import { containerPath, parseVolumeFlag } from './volume-flag.js';

/** Other names of the keys. */
const KEYS: Readonly<Record<string, string>> = {
  ...{ type: 'type', source: 'source', src: 'source', target: 'target', dst: 'target', destination: 'target' },
  ...{ readonly: 'readonly', ro: 'readonly', 'tmpfs-size': 'tmpfs-size', 'tmpfs-mode': 'tmpfs-mode' },
  ...{ consistency: 'consistency', 'bind-propagation': 'bind-propagation' },
};

/** One `--mount`: a bind or volume, or a tmpfs. */
export type ParsedMount = { readonly volume: MountRequest } | { readonly tmpfs: TmpfsRequest };

/**
 * `type=bind,source=/a,target=/b,readonly`. A bind's source must exist, unlike that of `-v`.
 * @throws GantryError `invalid`, in Docker's words
 */
export function parseMountFlag(value: string, resolvePath: (path: string) => string): ParsedMount {
  const fields = fieldsOf(value);
  const type = fields.get('type') ?? 'volume';
  const target = containerPath(value, required(fields, 'target', value));
  const readOnly = parseBoolean(fields.get('readonly'), value);
  const source = fields.get('source');
  if (type === 'tmpfs') {
    if (source !== undefined) throw invalid(value, 'a tmpfs has no source');
    return { tmpfs: tmpfsRequest(target, [...tmpfsFields(fields), ...(readOnly ? ['ro'] : [])]) };
  }
  if (fields.has('tmpfs-size') || fields.has('tmpfs-mode')) throw invalid(value, `no options of a tmpfs for ${type}`);
  if (type === 'volume') {
    const volume = source ? parseVolumeFlag(`${source}:${target}`, resolvePath) : parseVolumeFlag(target, resolvePath);
    if (volume.type !== 'volume') throw invalid(value, `${source} is no name of a volume`);
    return { volume: { ...volume, readOnly } };
  }
  if (type !== 'bind') throw invalid(value, `mount type unknown: ${JSON.stringify(type)}`);
  const propagation = fields.get('bind-propagation');
  if (propagation !== undefined && propagation !== 'rprivate')
    throw invalid(value, `the propagation ${propagation} is not supported`);
  const path = resolvePath(required(fields, 'source', value));
  if (!existsSync(path)) throw invalid(value, `bind source path does not exist: ${path}`);
  return { volume: { type: 'bind', source: path, target, readOnly, mustExist: true } };
}

function fieldsOf(value: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const field of value.split(',')) {
    const [name = '', ...rest] = field.split('=');
    const key = Object.hasOwn(KEYS, name.toLowerCase()) ? KEYS[name.toLowerCase()] : undefined;
    if (!key) throw invalid(value, `unexpected key ${JSON.stringify(name)}`);
    if (rest.length === 0 && key !== 'readonly') throw invalid(value, `'${name}' must be a key=value pair`);
    fields.set(key, rest.length === 0 ? 'true' : rest.join('='));
  }
  return fields;
}

function required(fields: ReadonlyMap<string, string>, key: string, value: string): string {
  const found = fields.get(key);
  if (!found) throw invalid(value, `field ${key} must not be empty`);
  return found;
}

function parseBoolean(text: string | undefined, value: string): boolean {
  if (text === undefined || /^(0|false)$/i.test(text)) return false;
  if (/^(1|true)$/i.test(text)) return true;
  throw invalid(value, `invalid value for readonly: ${text}`);
}

function tmpfsFields(fields: ReadonlyMap<string, string>): string[] {
  const size = fields.get('tmpfs-size');
  const mode = fields.get('tmpfs-mode');
  return [
    ...(size === undefined ? [] : [`size=${parseSize(size, '--mount')}`]),
    ...(mode === undefined ? [] : [`mode=${mode}`]),
  ];
}

function invalid(value: string, reason: string): GantryError {
  return new GantryError('invalid', `invalid argument ${JSON.stringify(value)} for "--mount" flag: ${reason}`);
}
