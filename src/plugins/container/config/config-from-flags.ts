import { checkLabels, GantryError, parseLabels } from '../../../kernel/index.js';
import { checkArgumentList } from '../../../sysinit/argument-list.js';
import { checkHostname } from '../../../sysinit/files.js';
import { checkWorkingDirectory } from '../../../sysinit/working-directory.js';
import type { Image, ImageConfig } from '../../image/index.js';
import type { ContainerConfig } from '../contracts/index.js';
import type { ContainerFlags } from '../flags/index.js';
import { resourceSettings } from '../limits/index.js';
import {
  checkEnvironment,
  type Lookup,
  mergeEnvironment,
  parseAttach,
  parseEnvironment,
  parseEnvironmentFile,
  parseLogOptions,
} from '../parsers/index.js';
import { type ClientContext, openClientText } from './client-files.js';
import { healthSettings } from './health-settings.js';
import { isolationSettings } from './isolation-settings.js';
import { lifecycleSettings } from './lifecycle-settings.js';
import { mountSettings } from './mount-settings.js';
import { networkSettings } from './network-settings.js';
import { portSettings } from './port-settings.js';

/**
 * Merges the flags of `run` and `create` with the image's configuration. Nothing has been changed when it throws.
 * @throws GantryError `usage`, `invalid`, `not found` (a file of variables or labels)
 */
export async function configFromFlags(
  options: ContainerFlags & { readonly detach?: boolean },
  image: Image,
  reference: string,
  command: readonly string[],
  client: ClientContext,
): Promise<ContainerConfig> {
  if (options.hostname) checkHostname(options.hostname);
  if (options.domainname) checkHostname(options.domainname);
  const networks = networkSettings(options);
  const { ports, exposed } = portSettings(options, image.config);
  if (options.workdir) checkWorkingDirectory(options.workdir);
  const process: ImageConfig = {
    ...image.config,
    ...programOf(options, image.config, command),
    ...settingsOf(
      image.config,
      await environmentFromFlags(options, client),
      parseLabels(await labels(options, client)),
    ),
    ...(options.user && { User: options.user }),
    ...(options.workdir && { WorkingDir: options.workdir }),
    ...(options.stopSignal && { StopSignal: options.stopSignal }),
    ...(exposed && { ExposedPorts: exposed }),
  };
  checkLabels(process.Labels ?? {});
  const { Healthcheck: _, ...rest } = process;
  const health = healthSettings(options, image.config.Healthcheck);
  const isolation = await isolationSettings(options, networks.network, client);
  const args = argumentsOf(process);
  const attach = parseAttach(options.attach);
  checkArgumentList(args, process.Env ?? []);
  checkEnvironment(process.Env ?? []);
  return {
    image: reference,
    imageId: image.id,
    process: { ...rest, ...(health && { Healthcheck: health }) },
    args,
    hostname: options.hostname,
    ...(options.domainname && { domainname: options.domainname }),
    ...(options.ociRuntime && { runtime: checkRuntime(options.ociRuntime) }),
    tty: options.tty,
    openStdin: options.interactive,
    stdinOnce: options.interactive && !options.detach && (attach.length === 0 || attach.includes('stdin')),
    ...(attach.length > 0 && { attach }),
    readOnlyRoot: options.readOnly,
    privileged: options.privileged,
    autoRemove: options.remove,
    ...networks,
    ports,
    ...resourceSettings(options),
    ...isolation,
    ...lifecycleSettings(options),
    ...mountSettings(options, image.config, client),
    log: parseLogOptions(options.logDriver, options.logOpt),
  };
}

/** With `--entrypoint` the image's command is dropped; an empty one drops the image's entry point. */
function programOf(
  { entrypoint }: ContainerFlags,
  image: ImageConfig,
  command: readonly string[],
): Pick<ImageConfig, 'Entrypoint' | 'Cmd'> {
  if (entrypoint !== undefined) return { Entrypoint: entrypoint ? [entrypoint] : [], Cmd: command };
  return {
    ...(image.Entrypoint && { Entrypoint: image.Entrypoint }),
    Cmd: command.length > 0 ? command : (image.Cmd ?? []),
  };
}

/** Neither where neither the image nor the user has any: an image committed from it has them no more than its parent. */
function settingsOf(
  image: ImageConfig,
  env: readonly string[],
  own: Readonly<Record<string, string>>,
): Pick<ImageConfig, 'Env' | 'Labels'> {
  const Env = mergeEnvironment(image.Env ?? [], env);
  const Labels = { ...image.Labels, ...own };
  return {
    ...((image.Env || Env.length > 0) && { Env }),
    ...((image.Labels || Object.keys(Labels).length > 0) && { Labels }),
  };
}

function argumentsOf({ Entrypoint = [], Cmd = [] }: ImageConfig): readonly string[] {
  if (Entrypoint.length + Cmd.length === 0) {
    throw new GantryError('usage', 'no command specified', { hint: 'The image names none: give one after the image' });
  }
  return [...Entrypoint, ...Cmd];
}

/** Variables of `--env-file` and `-e`; the latter win. */
export async function environmentFromFlags(
  options: Pick<ContainerFlags, 'env' | 'envFile'>,
  client: ClientContext,
): Promise<string[]> {
  const lookup = (name: string): string | undefined => client.env[name];
  const fromFiles = await linesOf(options.envFile, lookup, client);
  return [...fromFiles, ...options.env.flatMap((entry) => parseEnvironment(entry, lookup))];
}

/** A label without a value in a file is an empty label, as it is in a flag. */
async function labels(options: ContainerFlags, client: ClientContext): Promise<string[]> {
  return [...(await linesOf(options.labelFile, () => '', client)), ...options.label];
}

async function linesOf(files: readonly string[], lookup: Lookup, client: ClientContext): Promise<string[]> {
  const lines: string[] = [];
  for (const file of files) {
    const text = await openClientText(file, client);
    for (const line of parseEnvironmentFile(file, text, lookup)) lines.push(line);
  }
  return lines;
}

/** Names of Docker's for its own runtime, and those of the programs that the engine drives: all containers have the one of `info`. */
const RUNTIMES: readonly string[] = ['runc', 'crun', 'io.containerd.runc.v2'];

function checkRuntime(name: string): string {
  if (RUNTIMES.includes(name)) return name;
  throw new GantryError('invalid', `unknown or invalid runtime name: ${name}`);
}
