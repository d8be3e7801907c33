import { readFileSync, writeFileSync } from 'node:fs';
import { GantryError } from '../../../kernel/index.js';
import {
  addressToInteger,
  integerToAddress,
  ipv6AddressBytes,
  linkLocalAddress,
  macAddressOf,
  networkRange,
  PREFIX_LENGTH,
} from '../addresses/index.js';
import type { Network } from '../contracts/index.js';
import {
  configureBridge,
  configureIpv6,
  createBridge,
  deleteLink,
  dropAddress,
  findLink,
  type HostAddress,
  hostIpv6Mode,
  type Link,
  listAddresses,
  listRoutes,
  type NetlinkSocket,
  putOnBridge,
  routedThrough,
} from '../host/index.js';
import { takesSubnet } from './choose-subnet.js';
import { bridgeAlias, refuseForeignBridge } from './ownership.js';

const USUAL_MTU = 1500;
export const IPV6_MIN_MTU = 1280;
export const IPV4_MIN_MTU = 68;
/** A public address: the device of the route to it sets the MTU. No packet is sent. */
const PUBLIC_PROBE_ADDRESS = '1.1.1.1';

/** @throws GantryError `invalid` for a name that the kernel or nft would not take */
export function checkBridgeName(name: string): void {
  if (!/^[A-Za-z][\w.-]{0,14}$/.test(name)) throw new GantryError('invalid', `invalid bridge name: ${name}`);
}

/** IPv4 requires 68 bytes, IPv6 1280, and no device has more than 65535. @throws GantryError `invalid` */
export function checkMtu(mtu: number | undefined, least = IPV6_MIN_MTU): void {
  if (mtu === undefined || (Number.isInteger(mtu) && mtu >= least && mtu <= 65_535)) return;
  throw new GantryError('invalid', `invalid MTU: ${mtu}`, { hint: `Give one between ${least} and 65535` });
}

/**
 * Returns the bridge if it exists, is up, has its addresses, and the host routes the subnet through it.
 * @param addresses of the host, where they were listed already
 */
export function findBridge(
  socket: NetlinkSocket,
  network: Network,
  addresses?: readonly HostAddress[],
): Link | undefined {
  const link = findLink(socket, network.bridge);
  if (!link?.isUp || link.kind !== 'bridge' || !isRouted(socket, network, link)) return undefined;
  return missingAddresses(network, link, addresses ?? listAddresses(socket)).length === 0 ? link : undefined;
}

function isRouted(socket: NetlinkSocket, { subnet }: Network, link: Link): boolean {
  return routedThrough(socket, integerToAddress(networkRange(subnet).first + 2)) === link.index;
}

interface BridgeAddress {
  readonly address: string;
  readonly prefixLength: number;
}

/** Of both families. Without a link-local address the kernel looks for no neighbour on behalf of others. */
function addressesOf({ subnet, gateway, ipv6Subnet, ipv6Gateway }: Network, macAddress: string): BridgeAddress[] {
  const ipv4 = { address: gateway, prefixLength: networkRange(subnet).prefixLength };
  if (ipv6Subnet === '' || hostIpv6Mode() === 'none') return [ipv4];
  const ipv6 = [ipv6Gateway, linkLocalAddress(macAddress)];
  return [ipv4, ...ipv6.map((address) => ({ address, prefixLength: PREFIX_LENGTH }))];
}

function missingAddresses(network: Network, link: Link, addresses: readonly HostAddress[]): BridgeAddress[] {
  const own = new Set(addresses.filter(({ device }) => device === link.index).map(({ bytes }) => bytes));
  return addressesOf(network, link.macAddress).filter(({ address }) => !own.has(hexadecimal(address)));
}

function hexadecimal(address: string): string {
  if (address.includes(':')) return ipv6AddressBytes(address).toString('hex');
  return addressToInteger(address).toString(16).padStart(8, '0');
}

/**
 * Creates or repairs the bridge, and attaches the host's ends of `links` to it again. Only what is missing is added.
 * One builder at a time: the caller holds the database's write lock.
 * @param own the engine's mark, see `ownerMark`, and the gateway that the network had before, where it had one
 * @throws GantryError `conflict` where another device has the name, or another route the subnet: nothing is changed
 */
export function buildBridge(
  socket: NetlinkSocket,
  network: Network,
  links: readonly string[],
  { mark, formerGateway }: { readonly mark: string; readonly formerGateway?: string | undefined },
): Link {
  const { bridge: name, gateway, ipv6Subnet } = network;
  const before = findLink(socket, name);
  const macAddresses = (formerGateway ? [gateway, formerGateway] : [gateway]).map(macAddressOf);
  if (before) refuseForeignBridge(socket, name, before, { mark, macAddresses });
  refuseTakenSubnet(socket, network, before);
  if (!before) createBridge(socket, name, { macAddress: macAddressOf(gateway), alias: bridgeAlias(mark) });
  configureIpv6(name, ipv6Subnet !== '' && hostIpv6Mode() !== 'none');
  const link = findLink(socket, name);
  if (!link) throw new GantryError('unavailable', `the bridge ${name} was removed while it was made`);
  configureBridge(socket, link.index, {
    alias: link.alias === bridgeAlias(mark) ? undefined : bridgeAlias(mark),
    mtu: bridgeMtu(socket, network),
    add: missingAddresses(network, link, listAddresses(socket)),
  });
  for (const port of links)
    putOnBridge(socket, link.index, { link: port, isIsolated: network.notes.isolated === true });
  const built = findBridge(socket, network);
  if (built) return built;
  if (!before) deleteLink(socket, link.index);
  throw takenSubnet(network);
}

/** A bridge that the host routes the subnet to may stay, whatever else there is. */
function refuseTakenSubnet(socket: NetlinkSocket, network: Network, bridge: Link | undefined): void {
  if (bridge?.isUp && isRouted(socket, network, bridge)) return;
  const others = listRoutes(socket).filter(({ device }) => device === undefined || device !== bridge?.index);
  if (others.some((route) => takesSubnet(route, networkRange(network.subnet)))) throw takenSubnet(network);
}

function takenSubnet({ subnet, name, isDefault }: Network): GantryError {
  return new GantryError('conflict', `another route of the host takes the subnet ${subnet} of the network ${name}`, {
    hint: isDefault ? 'Choose another one with GANTRY_SUBNET' : 'Remove that route, or the network: see `ip route`',
  });
}

/** Takes away the address of a subnet that the network had before. */
export function dropGateway(socket: NetlinkSocket, { bridge, subnet, gateway }: Network): void {
  const link = findLink(socket, bridge);
  if (link && subnet) dropAddress(socket, link.index, gateway, networkRange(subnet).prefixLength);
}

/** Removes a bridge of this engine; does nothing where there is none, or one that others have made. */
export function removeBridge(socket: NetlinkSocket, { bridge, gateway }: Network, mark: string): void {
  const link = findLink(socket, bridge);
  if (!link) return;
  try {
    refuseForeignBridge(socket, bridge, link, { mark, macAddresses: [macAddressOf(gateway)] });
  } catch {
    return;
  }
  deleteLink(socket, link.index);
}

const FORWARDING = 'ip_forward';

export function isForwarding(): boolean {
  return setting(FORWARDING) === '1';
}

/**
 * Enables forwarding between the bridge and external networks, and from the host's loopback to published ports. Writes
 * only settings that differ.
 */
export function ensureForwarding(bridge: string): void {
  for (const name of [FORWARDING, `conf/${bridge}/route_localnet`]) {
    if (setting(name) !== '1') writeFileSync(`${SETTINGS}/${name}`, '1');
  }
}

const SETTINGS = '/proc/sys/net/ipv4';

function setting(name: string): string {
  return readFileSync(`${SETTINGS}/${name}`, 'latin1').trim();
}

/** The MTU of the network, or that of the default route: IPv6 asks for 1280 at the least. */
export function bridgeMtu(socket: NetlinkSocket, { mtu }: Network): number {
  return mtu ?? Math.max(outwardMtu(socket), IPV6_MIN_MTU);
}

/** The MTU of the device of the default route, 1500 at most. */
export function outwardMtu(socket: NetlinkSocket): number {
  const index = routedThrough(socket, PUBLIC_PROBE_ADDRESS);
  const device = index === undefined ? undefined : findLink(socket, index);
  return Math.min(USUAL_MTU, device?.mtu || USUAL_MTU);
}
