import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { GantryError, parseLabels, parseSize } from '../../../kernel/index.js';
import { type MountRequest, PROPAGATIONS, type TmpfsRequest } from '../contracts/index.js';
import { booleanOf, csvFields, keyAndValue } from '../parsers/index.js';
import { tmpfsRequest } from './tmpfs-flag.js';
import { containerPath, isVolumeName } from './volume-flag.js';

/** Other names of the keys. */
const ALIASES: Readonly<Record<string, string>> = {
  src: 'source',
  dst: 'target',
  destination: 'target',
  ro: 'readonly',
};
const KEYS: readonly string[] = ['type', 'source', 'target', 'readonly', 'consistency'];
/** Keys that only one type has begin with its name. */
const KEYS_OF_TYPES: Readonly<Record<string, readonly string[]>> = {
  bind: ['bind-propagation', 'bind-nonrecursive', 'bind-recursive'],
  volume: ['volume-nocopy', 'volume-label', 'volume-driver', 'volume-opt', 'volume-subpath'],
  tmpfs: ['tmpfs-size', 'tmpfs-mode'],
};
/** Keys that may stand without a value, which is then true. */
const SWITCHES: readonly string[] = ['readonly', 'bind-nonrecursive', 'volume-nocopy'];

/** One `--mount`: a bind or volume, or a tmpfs. */
export type ParsedMount = { readonly volume: MountRequest } | { readonly tmpfs: TmpfsRequest };

/**
 * `type=bind,source=/a,target=/b,readonly`. A bind's source must exist, unlike that of `-v`.
 * @throws GantryError `usage`, and `invalid` for a source that does not fit, in Docker's words
 */
export function parseMountFlag(value: string, resolvePath: (path: string) => string): ParsedMount {
  const fields = new MountFields(value);
  const type = fields.text('type') ?? 'volume';
  const path = fields.text('target');
  if (!path) throw fields.wrong('target is required');
  fields.refuseOthers(type);
  const target = containerPath(value, path);
  const readOnly = fields.boolean('readonly');
  if (type === 'tmpfs') return { tmpfs: tmpfsOf(fields, target, readOnly) };
  if (type === 'volume') return { volume: { ...volumeOf(fields), target, readOnly } };
  if (type === 'bind') return { volume: { ...bindOf(fields, resolvePath, readOnly), target, readOnly } };
  throw fields.wrong(`mount type unknown: ${JSON.stringify(type)}`);
}

function tmpfsOf(fields: MountFields, target: string, readOnly: boolean): TmpfsRequest {
  if (fields.text('source')) throw fields.wrong('a tmpfs has no source');
  const [size, mode] = [fields.text('tmpfs-size'), fields.text('tmpfs-mode')];
  const request = tmpfsRequest(target, [
    ...(size === undefined ? [] : [`size=${parseSize(size, '--mount')}`]),
    ...(mode === undefined ? [] : [`mode=${mode}`]),
    ...(readOnly ? ['ro'] : []),
  ]);
  return { ...request, explicit: true };
}

type PartialMount = Omit<MountRequest, 'target' | 'readOnly'>;

function volumeOf(fields: MountFields): PartialMount {
  const source = fields.text('source') ?? '';
  if (source !== '' && !isVolumeName(source)) throw fields.wrong(`${source} is no name of a volume`);
  const driver = fields.text('volume-driver') ?? 'local';
  if (driver !== 'local') throw noVolumeDriver(driver);
  if (fields.all('volume-opt').length > 0) throw fields.wrong('options of a volume are not supported');
  const subpath = fields.text('volume-subpath');
  if (subpath !== undefined && isOutside(subpath)) {
    throw fields.wrong('subpath must be a relative path within the volume');
  }
  const labels = fields.all('volume-label');
  return {
    ...{ type: 'volume', source, explicit: true },
    ...(fields.boolean('volume-nocopy') && { noCopy: true }),
    ...(subpath && { subpath: posix.normalize(subpath) }),
    ...(labels.length > 0 && { labels: parseLabels(labels) }),
  };
}

function isOutside(path: string): boolean {
  return path === '' || path.startsWith('/') || posix.normalize(path).split('/')[0] === '..';
}

/** @throws GantryError: the error that Docker has for one that it does not know */
export function noVolumeDriver(name: string): GantryError {
  const hint = 'Volumes are folders of the engine: the driver local';
  return new GantryError('not found', `error looking up volume plugin ${name}: plugin "${name}" not found`, { hint });
}

function bindOf(fields: MountFields, resolvePath: (path: string) => string, readOnly: boolean): PartialMount {
  const source = fields.text('source');
  if (!source) throw invalid('field Source must not be empty');
  const propagation = PROPAGATIONS.find((known) => known === (fields.text('bind-propagation') ?? 'rprivate'));
  if (!propagation) throw invalid(`invalid propagation mode: ${fields.text('bind-propagation')}`);
  const recursion = recursionOf(fields, readOnly, propagation);
  const path = resolvePath(source);
  if (!existsSync(path)) throw invalid(`bind source path does not exist: ${path}`);
  return {
    ...{ type: 'bind', source: path, explicit: true, mustExist: true },
    ...(propagation !== 'rprivate' && { propagation }),
    ...(recursion !== 'enabled' && { recursion }),
  };
}

const RECURSIONS = ['enabled', 'disabled', 'writable', 'readonly'] as const;

function recursionOf(
  fields: MountFields,
  readOnly: boolean,
  propagation: string,
): NonNullable<MountRequest['recursion']> {
  if (fields.boolean('bind-nonrecursive')) return 'disabled';
  const given = fields.text('bind-recursive') ?? 'enabled';
  const isSwitch = booleanOf(given);
  const mode = isSwitch === undefined ? RECURSIONS.find((known) => known === given) : RECURSIONS[isSwitch ? 0 : 1];
  if (!mode) {
    const known = 'must be "enabled", "disabled", "writable", or "readonly"';
    throw fields.wrong(`invalid value for bind-recursive: ${given} (${known})`);
  }
  const together = (what: string): string =>
    `option 'bind-recursive=${mode}' requires '${what}' to be specified in conjunction`;
  if ((mode === 'writable' || mode === 'readonly') && !readOnly) throw fields.wrong(together('readonly'));
  if (mode === 'readonly' && propagation !== 'rprivate') throw fields.wrong(together('bind-propagation=rprivate'));
  return mode;
}

/** The fields of one flag. */
class MountFields {
  readonly #values = new Map<string, string[]>();

  constructor(private readonly flag: string) {
    for (const field of csvFields(flag)) this.#add(field);
  }

  #add(field: string): void {
    const [name, value] = keyAndValue(field);
    const lower = name.toLowerCase();
    const key = Object.hasOwn(ALIASES, lower) ? (ALIASES[lower] ?? lower) : lower;
    if (![...KEYS, ...Object.values(KEYS_OF_TYPES).flat()].includes(key)) {
      throw this.wrong(`unexpected key '${name}' in '${field}'`);
    }
    if (value === undefined && !SWITCHES.includes(key)) {
      throw this.wrong(`invalid field '${field}' must be a key=value pair`);
    }
    this.#values.set(key, [...this.all(key), value ?? 'true']);
  }

  /** The last value of a key. */
  text(key: string): string | undefined {
    return this.all(key).at(-1);
  }

  all(key: string): readonly string[] {
    return this.#values.get(key) ?? [];
  }

  boolean(key: string): boolean {
    const text = this.text(key) ?? 'false';
    const value = booleanOf(text);
    if (value === undefined) throw this.wrong(`invalid value for ${key}: ${text}`);
    return value;
  }

  /** Keys of another type have no meaning. */
  refuseOthers(type: string): void {
    for (const [other, keys] of Object.entries(KEYS_OF_TYPES)) {
      if (other !== type && keys.some((key) => this.#values.has(key))) {
        throw this.wrong(`cannot mix '${other}-*' options with mount type '${type}'`);
      }
    }
  }

  wrong(reason: string): GantryError {
    return new GantryError('usage', `invalid argument ${JSON.stringify(this.flag)} for "--mount" flag: ${reason}`);
  }
}

function invalid(reason: string): GantryError {
  return new GantryError('invalid', `invalid mount config for type "bind": ${reason}`);
}
