import type { ImageConfig } from '../../image/index.js';
import type { Endpoint } from '../../network/index.js';
import { cgroupNamespace } from '../cgroups/index.js';
import type { Container, ContainerConfig, Health } from '../contracts/index.js';
import { commandLine, formatRule, modesOf } from '../rerun/index.js';
import { shownStatus } from './container-status.js';
import { describeResources } from './describe-resources.js';
import { publishedPorts } from './published-ports.js';

const DEFAULT_SHM_BYTES = 64 << 20;
const ZERO_TIME = '0001-01-01T00:00:00Z';

/** Facts about a container from other services. */
interface InspectSources {
  /** Its writable layer. */
  readonly upper: string;
  readonly storage: string;
  /** Configuration of its image. */
  readonly image: ImageConfig;
  /** Its endpoints on networks. */
  readonly endpoints: readonly Endpoint[];
  pathOfVolume(name: string): string;
}

/** The description that `inspect` prints, with the names of Docker's API. */
export function describeContainer(container: Container, surroundings: InspectSources): object {
  const { upper, storage, image: base, endpoints, pathOfVolume } = surroundings;
  const { config, lease, status } = container;
  const { process: image } = config;
  return {
    Id: container.id,
    Created: container.created.toISOString(),
    Path: config.args[0],
    Args: config.args.slice(1),
    State: {
      Status: shownStatus(container),
      Running: status === 'running',
      Paused: container.paused,
      Restarting: container.restartAt !== undefined,
      OOMKilled: container.oomKilled,
      Pid: container.pid,
      ExitCode: container.exitCode,
      Error: container.error,
      StartedAt: container.startedAt?.toISOString() ?? ZERO_TIME,
      FinishedAt: container.finishedAt?.toISOString() ?? ZERO_TIME,
      // Undefined fields are left out of JSON, and are empty in templates.
      Health: container.health && healthOf(container.health),
    },
    Image: config.imageId,
    Name: `/${container.name}`,
    RestartCount: container.restarts,
    Command: commandLine(container, base),
    HostConfig: {
      AutoRemove: config.autoRemove,
      Binds: config.mounts.map((mount) => [mount.source, mount.target, modesOf(mount)].filter(Boolean).join(':')),
      CapAdd: config.capAdd,
      CapDrop: config.capDrop,
      CgroupnsMode: cgroupNamespace(config),
      ...describeResources(config),
      Devices: config.devices.map(({ source, target, access }) => ({
        PathOnHost: source,
        PathInContainer: target,
        CgroupPermissions: access,
      })),
      DeviceCgroupRules: config.deviceRules?.map(formatRule) ?? null,
      Dns: config.dns,
      DnsOptions: config.dnsOptions ?? [],
      DnsSearch: config.dnsSearch,
      ExtraHosts: config.hosts.map(({ name, address }) => `${name}:${address}`),
      GroupAdd: config.groupAdd,
      Init: config.init,
      IpcMode: config.ipc,
      Links: (config.networkWishes?.links ?? []).map(({ container, alias }) => `${container}:${alias}`),
      NetworkMode: config.network,
      PidMode: config.pid === 'private' ? '' : config.pid,
      PortBindings: requestedPorts(config.ports),
      Privileged: config.privileged ?? false,
      ReadonlyRootfs: config.readOnlyRoot,
      RestartPolicy: { Name: config.restart.name, MaximumRetryCount: config.restart.maximumRetries },
      RestartUnhealthy: config.restartUnhealthy,
      Runtime: config.runtime ?? 'runc',
      SecurityOpt: securityOptions(config),
      ShmSize: config.shmSize || DEFAULT_SHM_BYTES,
      Sysctls: config.sysctls,
      Tmpfs: Object.fromEntries(config.tmpfs.map(({ target, options }) => [target, options.join(',')])),
      VolumesFrom: config.volumesFrom ?? null,
      VolumeDriver: '',
      UTSMode: config.uts === 'host' ? 'host' : '',
      Annotations: config.annotations,
    },
    GraphDriver: { Name: storage, Data: { UpperDir: upper } },
    Mounts: config.mounts.map((mount) => ({
      Type: mount.type,
      ...(mount.type === 'volume' && { Name: mount.source, Driver: 'local' }),
      Source: mount.type === 'volume' ? pathOfVolume(mount.source) : mount.source,
      Destination: mount.target,
      Mode: modesOf(mount),
      RW: !mount.readOnly,
      Propagation: mount.type === 'bind' ? (mount.propagation ?? 'rprivate') : '',
    })),
    Config: {
      Hostname: config.hostname,
      Domainname: config.domainname ?? '',
      User: image.User ?? '',
      Tty: config.tty,
      OpenStdin: config.openStdin,
      StdinOnce: config.stdinOnce,
      Env: image.Env ?? [],
      Cmd: image.Cmd ?? [],
      Entrypoint: image.Entrypoint ?? null,
      Image: config.image,
      WorkingDir: image.WorkingDir ?? '',
      Labels: image.Labels ?? {},
      StopSignal: image.StopSignal || undefined,
      StopTimeout: config.stopTimeout,
      Healthcheck: image.Healthcheck,
      ExposedPorts: image.ExposedPorts,
    },
    NetworkSettings: {
      IPAddress: lease?.address ?? '',
      IPPrefixLen: lease?.prefixLength ?? 0,
      Gateway: lease?.gateway ?? '',
      MacAddress: lease?.macAddress ?? '',
      Ports: portsByContainerPort(publishedPorts(container)),
      Networks: Object.fromEntries(endpoints.map(describeEndpoint)),
    },
  };
}

function healthOf({ status, failingStreak, log }: Health): object {
  return {
    Status: status,
    FailingStreak: failingStreak,
    Log: log.map(({ start, end, exitCode, output }) => ({
      Start: new Date(start).toISOString(),
      End: new Date(end).toISOString(),
      ExitCode: exitCode,
      Output: output,
    })),
  };
}

function securityOptions({ noNewPrivileges, seccomp, writableCgroups, labels = [] }: ContainerConfig): string[] {
  return [
    ...(noNewPrivileges ? ['no-new-privileges'] : []),
    ...(seccomp ? [`seccomp=${seccomp}`] : []),
    ...(writableCgroups ? ['writable-cgroups=true'] : []),
    ...labels,
  ];
}

function describeEndpoint({ network, names, address }: Endpoint): [name: string, described: object] {
  const described = {
    NetworkID: network.id,
    DNSNames: names,
    Gateway: address ? network.gateway : '',
    IPAddress: address?.ipv4 ?? '',
    IPPrefixLen: address?.prefixLength ?? 0,
    GlobalIPv6Address: address?.ipv6 ?? '',
    GlobalIPv6PrefixLen: address?.ipv6 ? 64 : 0,
    MacAddress: address?.macAddress ?? '',
  };
  return [network.name, described];
}

/** The requested ports, whether it runs or not. */
function requestedPorts(ports: ContainerConfig['ports']): object {
  const given = ports.map((port) => ({ ...port, hostAddress: port.hostAddress ?? '', hostPort: hostPorts(port) }));
  return portsByContainerPort(given);
}

function hostPorts({ hostPort, lastHostPort }: ContainerConfig['ports'][number]): string {
  return lastHostPort === undefined ? String(hostPort ?? '') : `${hostPort}-${lastHostPort}`;
}

interface ShownPort {
  readonly containerPort: number;
  readonly protocol: string;
  readonly hostAddress: string;
  readonly hostPort: number | string;
}

function portsByContainerPort(ports: readonly ShownPort[]): object {
  const byPort: Record<string, object[]> = {};
  for (const { containerPort, protocol, hostAddress, hostPort } of ports) {
    const key = `${containerPort}/${protocol}`;
    byPort[key] = [...(byPort[key] ?? []), { HostIp: hostAddress, HostPort: String(hostPort) }];
  }
  return byPort;
}
