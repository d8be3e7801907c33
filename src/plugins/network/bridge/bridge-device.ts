import { readFileSync, writeFileSync } from 'node:fs';
import { GantryError } from '../../../kernel/index.js';
import { integerToAddress, macAddressOf, networkRange, PREFIX_LENGTH } from '../addresses/index.js';
import type { Network } from '../contracts/index.js';
import {
  configureIpv6,
  findLink,
  hostIpv6Mode,
  type Link,
  type NetlinkSocket,
  routedThrough,
  runToolSync,
} from '../host/index.js';

const USUAL_MTU = 1500;
/** A public address: the device of the route to it sets the MTU. No packet is sent. */
const PUBLIC_PROBE_ADDRESS = '1.1.1.1';

/** @throws GantryError `invalid` for a name that the kernel or nft would not take */
export function checkBridgeName(name: string): void {
  if (!/^[A-Za-z][\w.-]{0,14}$/.test(name)) throw new GantryError('invalid', `invalid bridge name: ${name}`);
}

/** IPv6 requires 1280 bytes, and no device has more than 65535. @throws GantryError `invalid` */
export function checkMtu(mtu: number | undefined): void {
  if (mtu === undefined || (Number.isInteger(mtu) && mtu >= 1280 && mtu <= 65_535)) return;
  throw new GantryError('invalid', `invalid MTU: ${mtu}`, { hint: 'Give one between 1280 and 65535' });
}

/** Returns the bridge if it exists, is up, and the host routes `subnet` through it. */
export function findBridge(socket: NetlinkSocket, name: string, subnet: string): Link | undefined {
  const link = findLink(socket, name);
  const firstContainer = integerToAddress(networkRange(subnet).first + 2);
  const isReady = link?.isUp && link.kind === 'bridge' && routedThrough(socket, firstContainer) === link.index;
  return isReady ? link : undefined;
}

/**
 * Creates or repairs the bridge, and attaches the host's ends of `links` to it again. One builder at a time: the caller
 * holds the database's write lock.
 * @throws GantryError `conflict` where another kind of device has the name, `unavailable`
 */
export function buildBridge(
  socket: NetlinkSocket,
  { bridge: name, subnet, gateway, ipv6Subnet, ipv6Gateway, mtu, isDefault }: Network,
  links: readonly string[],
): Link {
  const before = findLink(socket, name);
  if (before && before.kind !== 'bridge') {
    throw new GantryError('conflict', `${name} is no bridge, but another device of the host`, {
      hint: isDefault ? 'Give the engine another bridge name with GANTRY_BRIDGE' : 'Remove that device, or the network',
    });
  }
  const { prefixLength } = networkRange(subnet);
  if (!before) runToolSync('ip', ['link', 'add', name, 'address', macAddressOf(gateway), 'type', 'bridge']);
  const hasIpv6 = ipv6Subnet !== '' && hostIpv6Mode() !== 'none';
  configureIpv6(name, hasIpv6);
  const script = [
    ...(findBridge(socket, name, subnet)
      ? []
      : [`addr flush dev ${name}`, `addr add ${gateway}/${prefixLength} brd + dev ${name}`]),
    `link set ${name} mtu ${mtu ?? outwardMtu(socket)} up`,
    ...(hasIpv6 ? [`addr replace ${ipv6Gateway}/${PREFIX_LENGTH} dev ${name} nodad`] : []),
    ...links.map((link) => `link set ${link} master ${name} up`),
  ];
  runToolSync('ip', ['-batch', '-'], `${script.join('\n')}\n`);
  const built = findBridge(socket, name, subnet);
  if (!built) {
    throw new GantryError('unavailable', `another route of the host takes the bridge's subnet ${subnet}`, {
      hint: isDefault ? 'Choose another one with GANTRY_SUBNET' : 'Remove that route, or the network: see `ip route`',
    });
  }
  return built;
}

/** Removes a bridge; does nothing where there is none. */
export function removeBridge(socket: NetlinkSocket, name: string): void {
  if (findLink(socket, name)?.kind === 'bridge') runToolSync('ip', ['link', 'delete', name]);
}

/**
 * Enables forwarding between the bridge and external networks, and from the host's loopback to published ports. Writes
 * only settings that differ.
 */
export function ensureForwarding(bridge: string): void {
  ensureSetting('ip_forward');
  ensureSetting(`conf/${bridge}/route_localnet`);
}

function ensureSetting(name: string): void {
  const file = `/proc/sys/net/ipv4/${name}`;
  if (readFileSync(file, 'latin1').trim() !== '1') writeFileSync(file, '1');
}

/** The MTU of the device of the default route, 1500 at most. */
export function outwardMtu(socket: NetlinkSocket): number {
  const index = routedThrough(socket, PUBLIC_PROBE_ADDRESS);
  const device = index === undefined ? undefined : findLink(socket, index);
  return Math.min(USUAL_MTU, device?.mtu || USUAL_MTU);
}
