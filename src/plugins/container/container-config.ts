import { GantryError, parseLabels } from '../../kernel/index.js';
import { checkHostname } from '../../sysinit/files.js';
import { checkWorkingDirectory } from '../../sysinit/working-directory.js';
import type { Image, ImageConfig } from '../image/index.js';
import { type PortBinding, parsePortSpec } from '../network/index.js';
import { type ClientSide, textOf } from './client-files.js';
import type { ContainerConfig, MountRequest } from './contracts.js';
import { type Lookup, mergeEnvironment, parseEnvironment, parseEnvironmentFile } from './environment.js';
import { healthConfig } from './health-config.js';
import { isolationSettings } from './isolation-settings.js';
import { lifeSettings } from './life-settings.js';
import { parseLogOptions } from './log-options.js';
import { type Mount, parseMount } from './mount-spec.js';
import { checkNetworkOptions, networkWishes } from './network-mode.js';
import type { ContainerOptions } from './options/container-options.js';
import { resourceSettings } from './resource-settings.js';
import { parseVolume } from './volume-spec.js';

/**
 * What the user asked for, over what the image says. Nothing has been changed when it throws.
 * @throws GantryError `usage`, `invalid`, `not found` (a file of variables or labels)
 */
export async function configFrom(
  options: ContainerOptions & { readonly detach?: boolean },
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
    ...(options.stopSignal && { StopSignal: options.stopSignal }),
  };
  const { Healthcheck: _, ...rest } = process;
  const health = healthConfig(options, image.config.Healthcheck);
  const wishes = networkWishes(options);
  const isolation = await isolationSettings(options, client);
  const { mounts, tmpfs } = mountsOf(options, image.config, client, isolation.tmpfs);
  return {
    image: reference,
    imageId: image.id,
    process: { ...rest, ...(health && { Healthcheck: health }) },
    args: argumentsOf(process),
    hostname: options.hostname,
    tty: options.tty,
    openStdin: options.interactive,
    stdinOnce: options.interactive && !options.detach,
    readOnlyRoot: options.readOnly,
    privileged: options.privileged,
    autoRemove: options.remove,
    network: options.network === 'default' ? 'bridge' : options.network,
    ...(wishes && { networkWishes: wishes }),
    ports: portsOf(options, image.config),
    ...resourceSettings(options),
    ...isolation,
    ...lifeSettings(options),
    mounts,
    tmpfs,
    log: parseLogOptions(options.logDriver, options.logOpt),
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

/** What `-e` and `--env-file` say, the flags over the files. */
export async function environment(
  options: Pick<ContainerOptions, 'env' | 'envFile'>,
  client: ClientSide,
): Promise<string[]> {
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
function portsOf({ publish, publishAll }: ContainerOptions, image: ImageConfig): PortBinding[] {
  const asked = publish.flatMap(parsePortSpec);
  if (!publishAll) return asked;
  const exposed = Object.keys(image.ExposedPorts ?? {}).flatMap(parsePortSpec);
  const isAsked = ({ protocol, containerPort }: PortBinding): boolean =>
    asked.some((one) => one.protocol === protocol && one.containerPort === containerPort);
  return [...asked, ...exposed.filter((port) => !isAsked(port))];
}

function mountsOf(
  options: ContainerOptions,
  image: ImageConfig,
  client: ClientSide,
  tmpfs: ContainerConfig['tmpfs'],
): Pick<ContainerConfig, 'mounts' | 'tmpfs'> {
  const resolve = (path: string): string => client.resolvePath(path);
  const asked: Mount[] = [
    ...options.volume.map((value) => ({ volume: parseVolume(value, resolve) })),
    ...options.mount.map((value) => parseMount(value, resolve)),
    ...tmpfs.map((request) => ({ tmpfs: request })),
  ];
  refuseDuplicates(asked.map((mount) => ('volume' in mount ? mount.volume : mount.tmpfs)));
  const taken = new Set(asked.map((mount) => ('volume' in mount ? mount.volume : mount.tmpfs).target));
  const ofImage = Object.keys(image.Volumes ?? {}).flatMap((place) => volumeOfImage(place) ?? []);
  const byTarget = new Map(ofImage.filter(({ target }) => !taken.has(target)).map((volume) => [volume.target, volume]));
  return {
    mounts: [...byTarget.values(), ...asked.flatMap((mount) => ('volume' in mount ? [mount.volume] : []))],
    tmpfs: asked.flatMap((mount) => ('tmpfs' in mount ? [mount.tmpfs] : [])),
  };
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

function refuseDuplicates(mounts: readonly { readonly target: string }[]): void {
  const targets = new Set<string>();
  for (const { target } of mounts) {
    if (targets.has(target)) throw new GantryError('invalid', `Duplicate mount point: ${target}`);
    targets.add(target);
  }
}
