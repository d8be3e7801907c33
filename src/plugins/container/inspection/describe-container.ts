import { dirname, join } from 'node:path';
import { NIL_LIST, omitEmpty, TemplateMap, withGoNames } from '../../../kernel/index.js';
import { describeConfig, type ImageConfig } from '../../image/index.js';
import type { Endpoint } from '../../network/index.js';
import type { Container, ContainerConfig, Health } from '../contracts/index.js';
import { commandLine } from '../rerun/index.js';
import { type ContainerSize, shownHealth, shownStatus } from '../views/index.js';
import { describeHostConfig } from './describe-host-config.js';
import { mountPoints } from './describe-mounts.js';
import { describeNetworkSettings } from './describe-network-settings.js';

const ZERO_TIME = '0001-01-01T00:00:00Z';

/** Facts about a container from other services. */
interface InspectSources {
  /** Its writable layer, in the container's folder. */
  readonly upper: string;
  readonly storage: string;
  /** Configuration of its image. */
  readonly image: ImageConfig;
  /** Its endpoints on networks. */
  readonly endpoints: readonly Endpoint[];
  /** Undefined: nobody asked. */
  readonly size: ContainerSize | undefined;
  pathOfVolume(name: string): string;
}

/** The description that `inspect` prints, with the names of Docker's API. */
export function describeContainer(container: Container, sources: InspectSources): object {
  const { upper, storage, image, endpoints, size, pathOfVolume } = sources;
  const { config } = container;
  const folder = dirname(upper);
  /** Files that a start makes. */
  const file = (name: string): string => (container.startedAt ? join(folder, name) : '');
  const described = {
    Id: container.id,
    Created: container.created.toISOString(),
    Path: config.args[0],
    Args: config.args.slice(1),
    State: describeState(container),
    Image: config.imageId,
    ResolvConfPath: file('resolv.conf'),
    HostnamePath: file('hostname'),
    HostsPath: file('hosts'),
    LogPath: config.log?.driver === 'none' ? '' : file('log'),
    Name: `/${container.name}`,
    RestartCount: container.restarts,
    Driver: storage,
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: NIL_LIST,
    HostConfig: describeHostConfig(config),
    GraphDriver: { Data: graphData(container, upper), Name: storage },
    SizeRw: size?.own ?? null,
    SizeRootFs: size?.all ?? null,
    Mounts: mountPoints(config, pathOfVolume),
    Config: describeConfig(
      { ...config.process, ExposedPorts: exposedPorts(container) },
      {
        ...{ Hostname: config.hostname, Domainname: config.domainname ?? '' },
        ...attachedStreams(config),
        ...{ Tty: config.tty, OpenStdin: config.openStdin, StdinOnce: config.stdinOnce },
        ...{ Image: config.image, StopTimeout: config.stopTimeout ?? null },
      },
    ),
    NetworkSettings: describeNetworkSettings(container, endpoints),
    Command: commandLine(container, image),
  };
  return withGoNames(size ? described : omitEmpty(described, 'SizeRw', 'SizeRootFs'), { ID: 'Id' });
}

function attachedStreams({ attach, stdinOnce }: ContainerConfig) {
  const has = (stream: 'stdin' | 'stdout' | 'stderr', usual: boolean): boolean => attach?.includes(stream) ?? usual;
  return {
    AttachStdin: has('stdin', stdinOnce),
    AttachStdout: has('stdout', true),
    AttachStderr: has('stderr', true),
  };
}

function describeState(container: Container): object {
  const { health } = container;
  const described = {
    Status: shownStatus(container),
    // Also between two runs: whoever watches it is to wait.
    Running: ['running', 'restarting', 'paused'].includes(shownStatus(container)),
    Paused: container.paused,
    Restarting: container.restartAt !== undefined,
    OOMKilled: container.oomKilled,
    Dead: false,
    Pid: container.pid,
    ExitCode: container.exitCode,
    Error: container.error,
    StartedAt: container.startedAt?.toISOString() ?? ZERO_TIME,
    FinishedAt: container.finishedAt?.toISOString() ?? ZERO_TIME,
    Health: health ? { Status: shownHealth(container), ...describeHealth(health) } : null,
  };
  return omitEmpty(described, 'Health');
}

function describeHealth({ failingStreak, log }: Health): object {
  return {
    FailingStreak: failingStreak,
    Log: log.map(({ start, end, exitCode, output }) => ({
      Start: new Date(start).toISOString(),
      End: new Date(end).toISOString(),
      ExitCode: exitCode,
      Output: output,
    })),
  };
}

/** The mounted root is in the container's own mount namespace, which `/proc` leads into. */
function graphData({ id, pid }: Container, upper: string): TemplateMap {
  const merged = pid > 0 ? { MergedDir: `/proc/${pid}/root` } : {};
  return new TemplateMap({ ID: id, ...merged, UpperDir: upper, WorkDir: join(dirname(upper), 'work') });
}

/** Those of the image and of flags, published ones among them. */
function exposedPorts({ config }: Container): Readonly<Record<string, object>> {
  const published = config.ports.map(({ containerPort, protocol }) => [`${containerPort}/${protocol}`, {}] as const);
  return { ...config.process.ExposedPorts, ...Object.fromEntries(published) };
}
