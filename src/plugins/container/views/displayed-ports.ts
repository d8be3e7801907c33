import { socketAddress } from '../../network/index.js';

/** A port of a container, and where it is published; without an address it is exposed only. */
export interface ShownPort {
  readonly containerPort: number;
  readonly protocol: string;
  readonly hostAddress?: string;
  readonly hostPort?: number;
}

interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The column PORTS: `80-82/tcp, 0.0.0.0:443->443/tcp, 0.0.0.0:8080->80/tcp`. Ports in a row are one range. */
export function displayedPorts(ports: readonly ShownPort[]): string {
  const ranges: [key: string, range: PortRange][] = [];
  const mapped: string[] = [];
  for (const { containerPort, protocol, hostAddress = '', hostPort } of [...ports].sort(byPort)) {
    if (hostPort !== undefined && hostPort !== containerPort) {
      mapped.push(`${socketAddress(hostAddress, hostPort)}->${containerPort}/${protocol}`);
      continue;
    }
    const key = `${hostAddress}/${protocol}`;
    const at = ranges.findLastIndex(([other]) => other === key);
    const range = ranges[at]?.[1];
    if (range?.last === containerPort - 1) ranges[at] = [key, { ...range, last: containerPort }];
    else ranges.push([key, { first: containerPort, last: containerPort }]);
  }
  return [...ranges.map(([key, range]) => rangeText(key, range)), ...mapped].join(', ');
}

function rangeText(key: string, { first, last }: PortRange): string {
  const [address = '', protocol = ''] = key.split('/');
  const ports = first === last ? `${first}` : `${first}-${last}`;
  return address === '' ? `${ports}/${protocol}` : `${socketAddress(address, ports)}->${ports}/${protocol}`;
}

function byPort(one: ShownPort, other: ShownPort): number {
  return (
    one.containerPort - other.containerPort ||
    inOrder(one.hostAddress ?? '', other.hostAddress ?? '') ||
    (one.hostPort ?? 0) - (other.hostPort ?? 0) ||
    inOrder(one.protocol, other.protocol)
  );
}

function inOrder(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
