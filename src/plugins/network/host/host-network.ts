import {
  addHostAddress,
  addressesQuery,
  disablePort,
  type HostAddress,
  type HostRoute,
  hostAddressIn,
  hostRouteIn,
  isLocalIn,
  localityQuery,
  newBridge,
  removeHostAddress,
  routesQuery,
  setAlias,
  setMaster,
  setUpWithMtu,
} from './bridge-messages.js';
import { type PortSettings, portMode, removal } from './link-messages.js';
import { findLink } from './links.js';
import { isErrno, type NetlinkSocket } from './netlink.js';

export type { HostAddress, HostRoute } from './bridge-messages.js';

export function listAddresses(socket: NetlinkSocket): HostAddress[] {
  return socket.list(addressesQuery()).map(hostAddressIn);
}

/** All routes of IPv4, also those to the host's own addresses. */
export function listRoutes(socket: NetlinkSocket): HostRoute[] {
  return socket.list(routesQuery()).map(hostRouteIn);
}

/** Whether an address of either family is one of the host, as the rules' `fib daddr type local` has it. */
export function isLocalAddress(socket: NetlinkSocket, bytes: Buffer): boolean {
  try {
    return isLocalIn(socket.query(localityQuery(bytes)));
  } catch {
    return false;
  }
}

/**
 * Both requests are one: whoever is killed leaves no bridge that does not tell whose it is.
 * @throws SystemError `EEXIST`
 */
export function createBridge(
  socket: NetlinkSocket,
  name: string,
  { macAddress, alias }: { readonly macAddress: string; readonly alias: string },
): void {
  socket.request(newBridge(name, macAddress), setAlias(name, alias));
}

interface BridgeSettings {
  readonly alias?: string | undefined;
  readonly mtu: number;
  readonly add: readonly { readonly address: string; readonly prefixLength: number }[];
}

/** Brings a bridge up with an MTU and more addresses. */
export function configureBridge(socket: NetlinkSocket, bridge: number, settings: BridgeSettings): void {
  const { alias, mtu, add } = settings;
  socket.request(
    ...(alias === undefined ? [] : [setAlias(bridge, alias)]),
    setUpWithMtu(bridge, mtu),
    ...add.map(({ address, prefixLength }) => addHostAddress(bridge, address, prefixLength)),
  );
}

/** Puts the host's end of a link on a bridge again. Does nothing where it is gone. */
export function putOnBridge(socket: NetlinkSocket, bridge: number, port: PortSettings): void {
  try {
    socket.request(setMaster(port.link, bridge), portMode(port));
  } catch (error) {
    if (!isErrno(error, 'ENODEV')) throw error;
  }
}

/** Does nothing where the device has no such address. */
export function dropAddress(socket: NetlinkSocket, device: number, address: string, prefixLength: number): void {
  try {
    socket.request(removeHostAddress(device, address, prefixLength));
  } catch (error) {
    if (!isErrno(error, 'EADDRNOTAVAIL')) throw error;
  }
}

export function deleteLink(socket: NetlinkSocket, index: number): void {
  try {
    socket.request(removal(index));
  } catch (error) {
    if (!isErrno(error, 'ENODEV')) throw error;
  }
}

/** Takes the host's end of a link out of use, while its other end may live on. Does nothing where it is gone. */
export function silence(socket: NetlinkSocket, link: string): void {
  const found = findLink(socket, link);
  if (!found) return;
  try {
    socket.request(disablePort(found.index));
  } catch (error) {
    if (!['ENODEV', 'EOPNOTSUPP', 'EINVAL'].some((name) => isErrno(error, name as 'ENODEV'))) throw error;
  }
}
