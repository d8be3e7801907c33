import { GantryError } from '../../../kernel/index.js';
import { gatewayOf, integerToAddress, type NetworkRange, networkRange, rangesOverlap } from '../addresses/index.js';
import type { Network } from '../contracts/index.js';
import { findLink, type HostRoute, listRoutes, type NetlinkSocket } from '../host/index.js';
import type { NetworkRecords } from '../records/index.js';

/** Private ranges that no well-known tool uses by default: Docker uses 172.17 to 172.31, podman 10.88. */
const CANDIDATES = [
  ...[213, 214, 215, 216, 217, 218, 219].map((second) => `10.${second}.0.0/16`),
  ...[31, 30, 29, 28, 27].map((second) => `172.${second}.0.0/16`),
  '192.168.0.0/16',
];

/** Subnets of user-defined networks: 64 of 4093 addresses each. */
const USER_CANDIDATES = Array.from({ length: 64 }, (_, index) => `10.${220 + (index >> 4)}.${(index & 15) << 4}.0/20`);

/** Routes wider than this are a default route in parts, as VPNs set it. */
const WIDEST_NETWORK = 4;

/**
 * The subnet of the default network, in the caller's transaction: the configured one, else the remembered one, else the
 * first candidate that collides with no route of the host and no other network.
 * @throws GantryError `invalid`, `conflict`, `unavailable`
 */
export function resolveDefaultSubnet(
  socket: NetlinkSocket,
  networks: NetworkRecords,
  configured: string | undefined,
): Network {
  const { id, bridge, subnet: remembered } = networks.default();
  const others = networks.list().filter((network) => network.id !== id);
  const subnet =
    configured === undefined
      ? remembered || freeSubnet(CANDIDATES, [...rangesBeside(socket, [bridge]), ...rangesOf(others)])
      : normalizeSubnet(configured);
  if (subnet === remembered) return networks.default();
  if (networks.isInUse(id)) {
    throw new GantryError(
      'conflict',
      `the subnet cannot become ${subnet}: containers hold addresses of ${remembered}`,
      { hint: 'Stop all containers first' },
    );
  }
  refuseOverlap(subnet, others);
  refuseTaken(subnet, routesBeside(socket, [bridge]));
  networks.setSubnet(id, subnet, gatewayOf(networkRange(subnet)));
  return networks.default();
}

/**
 * The subnet of a new network, in the caller's transaction.
 * @param from where the search begins: two engines of one host that search at once seldom meet
 * @throws GantryError `invalid`, `conflict` where it overlaps another network or a route of the host, `unavailable`
 */
export function chooseSubnet(
  socket: NetlinkSocket,
  networks: NetworkRecords,
  asked: string | undefined,
  from: number,
): string {
  const others = networks.list();
  const bridges = others.map(({ bridge }) => bridge);
  if (asked === undefined) {
    const start = from % USER_CANDIDATES.length;
    const candidates = [...USER_CANDIDATES.slice(start), ...USER_CANDIDATES.slice(0, start), ...CANDIDATES];
    return freeSubnet(candidates, [...rangesBeside(socket, bridges), ...rangesOf(others)]);
  }
  const subnet = normalizeSubnet(asked);
  if (subnet !== asked) throw new GantryError('invalid', `invalid subnet ${asked}: it should be ${subnet}`);
  refuseOverlap(subnet, others);
  refuseTaken(subnet, routesBeside(socket, bridges));
  return subnet;
}

/**
 * Whether a route leaves no room for a subnet: it is as narrow, or narrower, or its destination is the link that a
 * device of the host is on. A wider one to a router goes on beside the subnet.
 */
export function takesSubnet({ first, prefixLength, isConnected }: HostRoute, subnet: NetworkRange): boolean {
  const isWider = prefixLength < subnet.prefixLength;
  const range = { first, last: first + 2 ** (32 - prefixLength) - 1, size: 2 ** (32 - prefixLength), prefixLength };
  return rangesOverlap(range, subnet) && (!isWider || (isConnected && prefixLength >= WIDEST_NETWORK));
}

function refuseTaken(subnet: string, routes: readonly HostRoute[]): void {
  if (!routes.some((route) => takesSubnet(route, networkRange(subnet)))) return;
  throw new GantryError('conflict', `the subnet ${subnet} overlaps a route of the host`, {
    hint: 'See `ip route`, and choose another one',
  });
}

function refuseOverlap(subnet: string, others: readonly Network[]): void {
  const other = others.find(({ subnet: taken }) => taken && rangesOverlap(networkRange(taken), networkRange(subnet)));
  if (!other) return;
  throw new GantryError(
    'conflict',
    `invalid pool request: Pool overlaps with other one on this address space: ${subnet} and network ${other.name} (${other.subnet})`,
  );
}

function rangesOf(networks: readonly Network[]): NetworkRange[] {
  return networks.flatMap(({ subnet }) => (subnet ? [networkRange(subnet)] : []));
}

/** Clears the host bits of a subnet in CIDR form. @throws GantryError `invalid` */
export function normalizeSubnet(cidr: string): string {
  const { first, prefixLength } = networkRange(cidr);
  if (prefixLength < 8 || prefixLength > 30) {
    throw new GantryError('invalid', `invalid subnet: ${cidr}`, { hint: 'Give one between /8 and /30' });
  }
  return `${integerToAddress(first)}/${prefixLength}`;
}

function freeSubnet(candidates: readonly string[], taken: readonly NetworkRange[]): string {
  const free = candidates.find((candidate) => !taken.some((range) => rangesOverlap(range, networkRange(candidate))));
  if (free === undefined) {
    throw new GantryError('unavailable', 'no subnet is free: the host has routes to all candidates', {
      hint: 'Choose one yourself, with GANTRY_SUBNET or `docker network create --subnet`',
    });
  }
  return free;
}

function routesBeside(socket: NetlinkSocket, bridges: readonly string[]): HostRoute[] {
  const own = new Set(bridges.map((bridge) => findLink(socket, bridge)?.index).filter((index) => index !== undefined));
  return listRoutes(socket).filter(({ device }) => device === undefined || !own.has(device));
}

/** What a subnet that the engine chooses keeps away from: wide routes of routers, too. */
function rangesBeside(socket: NetlinkSocket, bridges: readonly string[]): NetworkRange[] {
  return routesBeside(socket, bridges)
    .filter(({ prefixLength }) => prefixLength >= WIDEST_NETWORK)
    .map(({ first, prefixLength }) => {
      const size = 2 ** (32 - prefixLength);
      return { first, last: first + size - 1, size, prefixLength };
    });
}
