import { checkArgument, checkOptions, GantryError, isKind } from '../../../kernel/index.js';
import type { Image } from '../../image/index.js';
import type { ContainerConfig, CreateOptions } from '../contracts/index.js';
import { ContainerFlags } from '../flags/index.js';
import { checkName } from '../records/index.js';
import { configFromFlags } from './config-from-flags.js';

const KINDS = {
  image: 'string',
  command: 'strings',
  entrypoint: 'string',
  name: 'string',
  env: 'strings by name',
  labels: 'strings by name',
  network: 'string',
  hostname: 'string',
  user: 'string',
  workdir: 'string',
  memory: 'number',
  readOnly: 'boolean',
  publish: 'strings',
  volumes: 'strings',
  autoRemove: 'boolean',
} as const;

/** @throws GantryError `invalid` for what is not `CreateOptions` */
export function checkCreateOptions(options: CreateOptions): void {
  checkOptions('options', options, KINDS);
  checkArgument('options.image', options.image, 'string');
  for (const [option, record = {}] of [
    ['env', options.env],
    ['labels', options.labels],
  ] as const) {
    const wrong = Object.keys(record).find((name) => name === '' || name.includes('='));
    if (wrong !== undefined) throw new GantryError('invalid', `'options.${option}' has the name '${wrong}'`);
  }
  if (options.name !== undefined) checkName(options.name);
}

/** Merges a plugin's request with the image's configuration. @throws GantryError `invalid`, `not found` */
export async function configFromRequest(options: CreateOptions, image: Image): Promise<ContainerConfig> {
  try {
    const config = await configFromFlags(
      flagsFromRequest(options),
      image,
      options.image,
      options.command ?? [],
      NO_CLIENT,
    );
    const folder = config.mounts.find(({ type }) => type === 'bind');
    if (folder) {
      const hint = 'Name a volume instead';
      throw new GantryError('invalid', `'options.volumes' must not hold the host's ${folder.source}`, { hint });
    }
    return config;
  } catch (error) {
    // A plugin has no command line: the hint at its usage would not help.
    if (error instanceof GantryError && isKind(error, 'usage')) throw asInvalid(error);
    throw error;
  }
}

/** Like `error`, but of kind `invalid`, for callers that typed no command. */
export function asInvalid({ message, hint }: GantryError): GantryError {
  return new GantryError('invalid', message, hint === undefined ? {} : { hint });
}

function flagsFromRequest(options: CreateOptions) {
  const pairs = (record: Readonly<Record<string, string>> = {}): string[] =>
    Object.entries(record).map(([name, value]) => `${name}=${value}`);
  return Object.assign(new ContainerFlags(), {
    detach: true,
    remove: options.autoRemove ?? false,
    env: pairs(options.env),
    user: options.user ?? '',
    workdir: options.workdir ?? '',
    memory: options.memory === undefined ? undefined : String(options.memory),
    entrypoint: options.entrypoint,
    hostname: options.hostname ?? '',
    readOnly: options.readOnly ?? false,
    publish: [...(options.publish ?? [])],
    volume: [...(options.volumes ?? [])],
    network: options.network === undefined ? [] : [options.network],
    label: pairs(options.labels),
  });
}

/** A plugin's call has no client with an environment and files. */
const NO_CLIENT = {
  env: {},
  resolvePath: (path: string) => path,
  openFile: (path: string) => Promise.reject(new GantryError('not found', `${path}: there are no files here`)),
};
