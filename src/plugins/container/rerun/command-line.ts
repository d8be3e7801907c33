import type { HealthConfig, ImageConfig } from '../../image/index.js';
import type { Container, ContainerConfig, OciDeviceRule } from '../contracts/index.js';
import { formatRestartPolicy, parseContainerMode } from '../parsers/index.js';
import { flagIf, number, pairs, repeated, text, unlessSame } from './flag-words.js';
import { mountWords } from './mount-words.js';
import { networkWords } from './network-words.js';
import { resourceWords } from './resource-words.js';

const NS_PER_MS = 1e6;

/**
 * The `docker run` line that would create such a container again, quoted for a shell.
 * @param image its configuration; what comes from it is left out
 */
export function commandLine({ name, id, config }: Container, image: ImageConfig): string {
  return ['docker', 'run', ...flagsOf({ name, id, config }, image), config.image, ...commandOf(config, image)]
    .map(quoted)
    .join(' ');
}

function flagsOf({ name, id, config }: Pick<Container, 'name' | 'id' | 'config'>, image: ImageConfig): string[] {
  const { process } = config;
  return [
    // Only a container that had a client's input is known to have run in the foreground.
    ...flagIf(!config.stdinOnce, '-d'),
    ...flagIf(config.openStdin, '-i'),
    ...flagIf(config.tty, '-t'),
    ...flagIf(config.autoRemove, '--rm'),
    ...['--name', name],
    ...hostnameFlag(id, config),
    ...text('--domainname', config.domainname),
    ...networkWords(config, image),
    ...mountWords(config),
    ...repeated(
      '--tmpfs',
      config.tmpfs.map(({ target, options }) => [target, ...(options.length > 0 ? [options.join(',')] : [])].join(':')),
    ),
    ...repeated(
      '-e',
      (process.Env ?? []).filter((entry) => !image.Env?.includes(entry)),
    ),
    ...repeated(
      '-l',
      Object.entries(process.Labels ?? {})
        .filter(([key, value]) => image.Labels?.[key] !== value)
        .map(([key, value]) => `${key}=${value}`),
    ),
    ...unlessSame('-u', process.User, image.User),
    ...unlessSame('-w', process.WorkingDir, image.WorkingDir),
    ...unlessSame('--stop-signal', process.StopSignal, image.StopSignal),
    ...isolationFlags(config),
    ...resourceWords(config),
    ...lifeFlags(config),
    ...(isSame(process.Healthcheck, image.Healthcheck) ? [] : healthFlags(process.Healthcheck)),
    ...entryPoint(config, image),
  ];
}

/** A hostname that is the id, the host's, or that of the joined container was not asked for. */
function hostnameFlag(id: string, { hostname, network, uts }: ContainerConfig): string[] {
  const isGiven =
    network === 'host' || parseContainerMode(network) !== undefined || uts === 'host' || id.startsWith(hostname);
  return isGiven ? [] : text('--hostname', hostname);
}

function isolationFlags(config: ContainerConfig): string[] {
  return [
    ...flagIf(config.privileged ?? false, '--privileged'),
    ...flagIf(config.readOnlyRoot, '--read-only'),
    ...repeated('--cap-add', config.capAdd),
    ...repeated('--cap-drop', config.capDrop),
    ...repeated(
      '--device',
      config.devices.map(({ source, target, access }) => `${source}:${target}:${access}`),
    ),
    ...flagIf(config.noNewPrivileges, '--security-opt=no-new-privileges'),
    // The container keeps the profile's text, and not the name of its file.
    ...(config.seccomp === ''
      ? []
      : ['--security-opt', config.seccomp === 'unconfined' ? 'seccomp=unconfined' : 'seccomp=PROFILE.json']),
    ...repeated('--sysctl', pairs(config.sysctls)),
    ...repeated('--group-add', config.groupAdd),
    ...flagIf(config.unconfinedPaths ?? false, '--security-opt=systempaths=unconfined'),
    ...flagIf(config.writableCgroups ?? false, '--security-opt=writable-cgroups=true'),
    ...repeated('--security-opt', config.labels ?? []),
    ...repeated('--device-cgroup-rule', (config.deviceRules ?? []).map(formatRule)),
    ...(config.ipc === 'private' ? [] : ['--ipc', config.ipc]),
    ...(config.pid === 'private' ? [] : ['--pid', config.pid]),
    ...(config.uts === 'private' ? [] : ['--uts', config.uts]),
    ...text('--cgroupns', config.cgroupns),
    ...repeated(
      '--add-host',
      config.hosts.map(({ name, address }) => `${name}:${address}`),
    ),
    ...repeated('--dns', config.dns),
    ...repeated('--dns-search', config.dnsSearch),
    ...repeated('--dns-option', config.dnsOptions ?? []),
    ...text('--runtime', config.runtime),
    ...repeated('--annotation', pairs(config.annotations)),
  ];
}

function lifeFlags(config: ContainerConfig): string[] {
  return [
    ...(config.restart.name === 'no' ? [] : ['--restart', formatRestartPolicy(config.restart)]),
    ...flagIf(config.restartUnhealthy, '--restart-unhealthy'),
    ...flagIf(config.init, '--init'),
    ...(config.stopTimeout === undefined ? [] : ['--stop-timeout', String(config.stopTimeout)]),
  ];
}

function healthFlags(health: HealthConfig = {}): string[] {
  const [kind, ...words] = health.Test ?? [];
  if (kind === 'NONE') return ['--no-healthcheck'];
  const line = kind === 'CMD' ? words.map(quoted).join(' ') : words.join(' ');
  const time = (flag: string, ns = 0): string[] => (ns > 0 ? [flag, `${ns / NS_PER_MS}ms`] : []);
  return [
    ...text('--health-cmd', line),
    ...time('--health-interval', health.Interval),
    ...time('--health-timeout', health.Timeout),
    ...time('--health-start-period', health.StartPeriod),
    ...time('--health-start-interval', health.StartInterval),
    ...number('--health-retries', health.Retries ?? 0),
  ];
}

/** The flag takes one word: the words after it become the first of the command. */
function entryPoint({ process: { Entrypoint = [] } }: ContainerConfig, image: ImageConfig): string[] {
  return isSame(Entrypoint, image.Entrypoint ?? []) ? [] : ['--entrypoint', Entrypoint[0] ?? ''];
}

function commandOf({ process: { Entrypoint = [], Cmd = [] } }: ContainerConfig, image: ImageConfig): readonly string[] {
  if (!isSame(Entrypoint, image.Entrypoint ?? [])) return [...Entrypoint.slice(1), ...Cmd];
  return isSame(Cmd, image.Cmd ?? []) ? [] : Cmd;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** `c 1:3 rwm` */
export function formatRule({ type = 'a', major, minor, access }: OciDeviceRule): string {
  return `${type} ${major ?? '*'}:${minor ?? '*'} ${access}`;
}

/** Quotes a word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
