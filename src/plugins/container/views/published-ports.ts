import { type PublishedPort, socketAddress } from '../../network/index.js';
import type { Container } from '../contracts/index.js';

/** A port of a container; `hostPort` is undefined for one that is exposed, and not published. */
interface ShownPort extends Pick<PublishedPort, 'containerPort' | 'protocol'> {
  readonly hostAddress: string;
  readonly hostPort: number | undefined;
}

const EVERY_IPV6 = '::';

/** The published ports of a running container, one for each address of the host: first IPv4's, then IPv6's. */
export function publishedPorts({ lease }: Pick<Container, 'lease'>): PublishedPort[] {
  return (lease?.ports ?? []).flatMap((port) =>
    port.everyFamily ? [port, { ...port, hostAddress: EVERY_IPV6 }] : [port],
  );
}

/**
 * The column PORTS: `0.0.0.0:80->80/tcp, 443/tcp`. As in Docker, neighbours that are published on their own numbers, or only
 * exposed, stand together: `8000-8010/tcp`.
 */
export function portsText(container: Pick<Container, 'lease' | 'config'>): string {
  if (!container.lease) return '';
  const published = publishedPorts(container);
  const isPublished = (port: string): boolean =>
    published.some(({ containerPort, protocol }) => `${containerPort}/${protocol}` === port);
  const exposed = Object.keys(container.config.process.ExposedPorts ?? {}).filter((port) => !isPublished(port));
  const ports = [...published, ...exposed.flatMap(exposedPort)].sort(inOrder);
  const [groups, others]: [Group[], string[]] = [[], []];
  for (const port of ports) {
    if (port.hostPort !== undefined && port.hostPort !== port.containerPort) others.push(mapping(port));
    else extend(groups, port);
  }
  return [...groups.map(groupText), ...others].join(', ');
}

interface Group {
  readonly port: ShownPort;
  last: number;
}

function extend(groups: Group[], port: ShownPort): void {
  const isLike = ({ port: { hostAddress, protocol }, last }: Group): boolean =>
    hostAddress === port.hostAddress && protocol === port.protocol && last === port.containerPort - 1;
  const group = groups.find(isLike);
  if (group) group.last = port.containerPort;
  else groups.push({ port, last: port.containerPort });
}

function groupText({ port: { hostAddress, hostPort, containerPort, protocol }, last }: Group): string {
  const range = last === containerPort ? String(containerPort) : `${containerPort}-${last}`;
  const onHost = hostPort === undefined ? '' : `${socketAddress(hostAddress, range)}->`;
  return `${onHost}${range}/${protocol}`;
}

function mapping({ hostAddress, hostPort = 0, containerPort, protocol }: ShownPort): string {
  return `${socketAddress(hostAddress, hostPort)}->${containerPort}/${protocol}`;
}

/** `80`, `80/udp`, as an image says it; what is none of these is not shown. */
function exposedPort(text: string): ShownPort[] {
  const [, number, protocol = 'tcp'] = /^(\d{1,5})(?:\/(tcp|udp))?$/.exec(text) ?? [];
  if (number === undefined) return [];
  const known = protocol === 'udp' ? 'udp' : 'tcp';
  return [{ containerPort: Number(number), protocol: known, hostAddress: '', hostPort: undefined }];
}

function inOrder(one: ShownPort, other: ShownPort): number {
  return (
    one.containerPort - other.containerPort ||
    compare(one.hostAddress, other.hostAddress) ||
    (one.hostPort ?? 0) - (other.hostPort ?? 0) ||
    compare(one.protocol, other.protocol)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
