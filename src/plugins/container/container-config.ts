import type { Readable } from 'node:stream';
import { type CommandContext, GantryError } from '../../kernel/index.js';
import { checkHostname } from '../../sysinit/files.js';
import { checkWorkingDirectory } from '../../sysinit/working-directory.js';
import type { Image, ImageConfig } from '../image/index.js';
import { type PortRequest, parsePublish } from '../network/index.js';
import type { ContainerConfig, MountRequest } from './contracts.js';
import { type Lookup, mergeEnvironment, parseEnvironment, parseEnvironmentFile } from './environment.js';
import { parseLabels } from './labels.js';
import { parseMemory } from './memory.js';
import { checkNetworkOptions, type NetworkOptions, networkWishes } from './network-mode.js';
import { parseVolume } from './volume-spec.js';

/** The flags of `run` that make a container what it is. */
export interface ContainerOptions extends NetworkOptions {
  readonly detach: boolean;
  readonly interactive: boolean;
  readonly tty: boolean;
  readonly remove: boolean;
  readonly env: readonly string[];
  readonly envFile: readonly string[];
  readonly user: string;
  readonly workdir: string;
  readonly memory: string;
  readonly entrypoint: string | undefined;
  readonly readOnly: boolean;
  readonly volume: readonly string[];
  readonly label: readonly string[];
  readonly labelFile: readonly string[];
  readonly privileged: boolean;
}

/** What paths and bare names of variables are looked up in. */
export type ClientSide = Pick<CommandContext, 'env' | 'openFile' | 'resolvePath'>;

/**
 * What the user asked for, over what the image says. Nothing has been changed when it throws.
 * @throws GantryError `usage`, `invalid`, `not found` (a file of variables or labels)
 */
export async function configFrom(
  options: ContainerOptions,
  image: Image,
  reference: string,
  command: readonly string[],
  client: ClientSide,
): Promise<ContainerConfig> {
  if (options.hostname) checkHostname(options.hostname);
  checkNetworkOptions(options);
  if (options.workdir) checkWorkingDirectory(options.workdir);
  const process: ImageConfig = {
    ...image.config,
    ...programOf(options, image.config, command),
    Env: mergeEnvironment(image.config.Env ?? [], await environment(options, client)),
    Labels: { ...image.config.Labels, ...parseLabels(await labels(options, client)) },
    ...(options.user && { User: options.user }),
    ...(options.workdir && { WorkingDir: options.workdir }),
  };
  const wishes = networkWishes(options);
  return {
    image: reference,
    imageId: image.id,
    process,
    args: argumentsOf(process),
    hostname: options.hostname,
    tty: options.tty,
    openStdin: options.interactive,
    stdinOnce: options.interactive && !options.detach,
    memory: options.memory ? parseMemory(options.memory) : 0,
    readOnlyRoot: options.readOnly,
    privileged: options.privileged,
    autoRemove: options.remove,
    network: options.network === 'default' ? 'bridge' : options.network,
    ...(wishes && { networkWishes: wishes }),
    ports: portsOf(options, image.config),
    mounts: mountsOf(options, image.config, client),
  };
}

/** An entry point of the user's takes the image's command away; an empty one takes the image's entry point away. */
function programOf(
  { entrypoint }: ContainerOptions,
  image: ImageConfig,
  command: readonly string[],
): Pick<ImageConfig, 'Entrypoint' | 'Cmd'> {
  if (entrypoint !== undefined) return { Entrypoint: entrypoint ? [entrypoint] : [], Cmd: command };
  return { Entrypoint: image.Entrypoint ?? [], Cmd: command.length > 0 ? command : (image.Cmd ?? []) };
}

function argumentsOf({ Entrypoint = [], Cmd = [] }: ImageConfig): readonly string[] {
  if (Entrypoint.length + Cmd.length === 0) {
    throw new GantryError('usage', 'no command specified', { hint: 'The image names none: give one after the image' });
  }
  return [...Entrypoint, ...Cmd];
}

async function environment(options: ContainerOptions, client: ClientSide): Promise<string[]> {
  const lookup = (name: string): string | undefined => client.env[name];
  const fromFiles = await linesOf(options.envFile, lookup, client);
  return [...fromFiles, ...options.env.flatMap((entry) => parseEnvironment(entry, lookup))];
}

/** In a file a label without a value is an empty one, as it is in a flag. */
async function labels(options: ContainerOptions, client: ClientSide): Promise<string[]> {
  return [...(await linesOf(options.labelFile, () => '', client)), ...options.label];
}

async function linesOf(files: readonly string[], lookup: Lookup, client: ClientSide): Promise<string[]> {
  const lines: string[] = [];
  for (const file of files) {
    lines.push(...parseEnvironmentFile(file, await textOf(await client.openFile(file)), lookup));
  }
  return lines;
}

/** With `-P`, all that the image exposes and the user does not publish gets ports that are free. */
function portsOf({ publish, publishAll = false }: ContainerOptions, image: ImageConfig): PortRequest[] {
  const asked = publish.flatMap(parsePublish);
  if (!publishAll) return asked;
  const exposed = Object.keys(image.ExposedPorts ?? {}).flatMap(parsePublish);
  const isAsked = ({ protocol, containerPort }: PortRequest): boolean =>
    asked.some((one) => one.protocol === protocol && one.containerPort === containerPort);
  return [...asked, ...exposed.filter((port) => !isAsked(port))];
}

function mountsOf(options: ContainerOptions, image: ImageConfig, client: ClientSide): MountRequest[] {
  const asked = options.volume.map((value) => parseVolume(value, (path) => client.resolvePath(path)));
  refuseDuplicates(asked);
  const byTarget = new Map<string, MountRequest>();
  for (const place of Object.keys(image.Volumes ?? {})) {
    const volume = volumeOfImage(place);
    if (volume) byTarget.set(volume.target, volume);
  }
  for (const mount of asked) {
    byTarget.set(mount.target, mount);
  }
  return [...byTarget.values()];
}

/** An image may name any place; those that are none, and those that are the engine's own, get no volume. */
function volumeOfImage(place: string): MountRequest | undefined {
  try {
    const volume = parseVolume(place, (path) => path);
    const isOwn = volume.source !== '' || /^\/(dev|proc|sys)(\/|$)/.test(volume.target);
    return isOwn ? undefined : volume;
  } catch {
    return undefined;
  }
}

const MAX_FILE_BYTES = 16 << 20;

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Buffer).length;
    if (size > MAX_FILE_BYTES) throw new GantryError('invalid', 'a file of variables or labels is larger than 16 MiB');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refuseDuplicates(mounts: readonly MountRequest[]): void {
  const targets = new Set<string>();
  for (const { target } of mounts) {
    if (targets.has(target)) throw new GantryError('invalid', `Duplicate mount point: ${target}`);
    targets.add(target);
  }
}
