import { isIP, isIPv6 } from 'node:net';
import { GantryError } from '../../../kernel/index.js';
import type { PortBinding } from '../contracts/index.js';
import { normalizeAddress } from './host-address.js';

const PROTOCOLS = ['tcp', 'udp', 'sctp'] as const;

/**
 * Reads a value of `-p`: `[[address:]hostPort:]containerPort[/protocol]`, an IPv6 address in brackets. Ports may be
 * ranges of one length: `8000-8010:80-90`. A range of the host's for one port, `8000-8010:80`, is where a free one is
 * picked; a host port left out, or 0, is picked from all.
 * @throws GantryError `usage`
 */
export function parsePortSpec(value: string): PortBinding[] {
  const { rest, protocol } = splitProtocol(value);
  const { hostAddress, host, container } = splitParts(rest, value);
  const containerPorts = portRange(container, 'containerPort', 1);
  if (host === '') return containerPorts.map((port) => request(protocol, port, undefined, hostAddress));
  const hostPorts = portRange(host, 'hostPort', 0);
  if (containerPorts.length === 1 && hostPorts.length > 1) {
    const [containerPort = 0] = containerPorts;
    return [{ ...request(protocol, containerPort, hostPorts[0], hostAddress), lastHostPort: hostPorts.at(-1) ?? 0 }];
  }
  if (hostPorts.length !== containerPorts.length) {
    throw new GantryError('usage', `Invalid ranges specified for container and host Ports: ${container} and ${host}`, {
      hint: 'Give both ranges the same length',
    });
  }
  return containerPorts.map((port, index) => request(protocol, port, hostPorts[index] || undefined, hostAddress));
}

function request(
  protocol: PortBinding['protocol'],
  containerPort: number,
  hostPort: number | undefined,
  hostAddress: string | undefined,
): PortBinding {
  return { protocol, containerPort, hostPort, hostAddress };
}

function splitProtocol(value: string): { rest: string; protocol: PortBinding['protocol'] } {
  const slash = value.indexOf('/');
  if (slash < 0) return { rest: value, protocol: 'tcp' };
  const word = value.slice(slash + 1).toLowerCase() || 'tcp';
  const protocol = PROTOCOLS.find((known) => known === word);
  if (!protocol) {
    throw new GantryError('usage', `Invalid proto: ${value.slice(slash + 1)}`, {
      hint: `${PROTOCOLS.join(', ')} can be published`,
    });
  }
  return { rest: value.slice(0, slash), protocol };
}

function splitParts(rest: string, value: string): { hostAddress: string | undefined; host: string; container: string } {
  const parts = rest.split(':');
  const container = parts.pop() ?? '';
  const host = parts.pop() ?? '';
  const address = parts.join(':');
  if (container === '') throw new GantryError('usage', `no port specified: ${value}<empty>`);
  return { hostAddress: address === '' ? undefined : hostAddressIn(address), host, container };
}

function hostAddressIn(text: string): string {
  const bracketed = /^\[(.*)\]$/.exec(text)?.[1];
  const isOne = bracketed === undefined ? isIP(text) === 4 : isIPv6(bracketed) && !bracketed.includes('%');
  if (!isOne) {
    throw new GantryError('usage', `invalid IP address: ${text}`, {
      ...(isIPv6(text) && { hint: `Put it into brackets: [${text}]` }),
    });
  }
  return normalizeAddress(bracketed ?? text);
}

function portRange(text: string, name: string, lowest: number): number[] {
  const bounds = text.split('-');
  const [first = Number.NaN, last = first] = bounds.map((bound) =>
    /^0*\d{1,5}$/.test(bound) ? Number(bound) : Number.NaN,
  );
  if (bounds.length > 2 || !(lowest <= first && first <= last && last <= 65535)) {
    throw new GantryError('usage', `invalid ${name}: ${text}`);
  }
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
