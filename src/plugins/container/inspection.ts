import type { Image } from '../image/index.js';
import type { Endpoint } from '../network/index.js';
import type { Container } from './contracts.js';

const NEVER = '0001-01-01T00:00:00Z';

/** What `inspect` prints of a container, under the names of Docker's API. */
export function describeContainer(container: Container, upper: string, endpoints: readonly Endpoint[]): object {
  const { config, lease, status } = container;
  const { process: image } = config;
  return {
    Id: container.id,
    Created: container.created.toISOString(),
    Path: config.args[0],
    Args: config.args.slice(1),
    State: {
      Status: status,
      Running: status === 'running',
      Pid: container.pid,
      ExitCode: container.exitCode,
      Error: container.error,
      StartedAt: container.startedAt?.toISOString() ?? NEVER,
      FinishedAt: container.finishedAt?.toISOString() ?? NEVER,
    },
    Image: config.imageId,
    Name: `/${container.name}`,
    HostConfig: {
      AutoRemove: config.autoRemove,
      Binds: config.mounts.map((mount) => `${mount.source}:${mount.target}${mount.readOnly ? ':ro' : ''}`),
      Memory: config.memory,
      NetworkMode: config.network,
      Privileged: config.privileged ?? false,
      ReadonlyRootfs: config.readOnlyRoot,
    },
    GraphDriver: { Name: 'overlay', Data: { UpperDir: upper } },
    Mounts: config.mounts.map((mount) => ({
      Type: mount.type,
      ...(mount.type === 'volume' ? { Name: mount.source } : { Source: mount.source }),
      Destination: mount.target,
      RW: !mount.readOnly,
    })),
    Config: {
      Hostname: config.hostname,
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
    },
    NetworkSettings: {
      IPAddress: lease?.address ?? '',
      IPPrefixLen: lease?.prefixLength ?? 0,
      Gateway: lease?.gateway ?? '',
      MacAddress: lease?.macAddress ?? '',
      Ports: portsByContainerPort(lease?.ports ?? []),
      Networks: Object.fromEntries(endpoints.map(describeEndpoint)),
    },
  };
}

function describeEndpoint({ network, names, place }: Endpoint): [name: string, described: object] {
  const described = {
    NetworkID: network.id,
    DNSNames: names,
    Gateway: place ? network.gateway : '',
    IPAddress: place?.address ?? '',
    IPPrefixLen: place?.prefixLength ?? 0,
    GlobalIPv6Address: place?.ipv6 ?? '',
    GlobalIPv6PrefixLen: place?.ipv6 ? 64 : 0,
    MacAddress: place?.macAddress ?? '',
  };
  return [network.name, described];
}

function portsByContainerPort(ports: NonNullable<Container['lease']>['ports']): object {
  const byPort: Record<string, object[]> = {};
  for (const { containerPort, protocol, hostAddress, hostPort } of ports) {
    const key = `${containerPort}/${protocol}`;
    byPort[key] = [...(byPort[key] ?? []), { HostIp: hostAddress, HostPort: String(hostPort) }];
  }
  return byPort;
}

/** What `inspect` prints of an image. */
export function describeImage(image: Image): object {
  return {
    Id: image.id,
    Parent: image.parent,
    Comment: image.comment,
    Created: image.created.toISOString(),
    Architecture: image.architecture,
    Os: 'linux',
    Size: image.size,
    Config: image.config,
    RootFS: { Type: 'layers', Layers: image.diffIds },
  };
}
