import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { CLONE_NEWNET, check, libc, SystemError } from '../../../host/index.js';
import { setSysctl } from '../../../sysinit/network-defaults.js';
import { configureIpv6, hostIpv6Mode } from './ipv6-mode.js';
import {
  type Attachment,
  defaultRoute,
  deviceIn,
  ipv6DefaultRoute,
  type Link,
  type ListedLink,
  linkIn,
  linkQuery,
  linksQuery,
  listedLinkIn,
  newAddress,
  newIpv6Address,
  newPair,
  portMode,
  removal,
  routeQuery,
  setUp,
} from './link-messages.js';
import { isErrno, NETLINK_ROUTE, NetlinkSocket, NLM_F_CREATE, NLM_F_REPLACE } from './netlink.js';

export type { Attachment, Link, ListedLink } from './link-messages.js';

const LOOPBACK_INDEX = 1;
const OWN_NAMESPACE = '/proc/thread-self/ns/net';

/** Finds a device by name or index in the socket's namespace. */
export function findLink(socket: NetlinkSocket, device: string | number): Link | undefined {
  try {
    return linkIn(socket.query(linkQuery(device)));
  } catch (error) {
    if (isErrno(error, 'ENODEV')) return undefined;
    throw error;
  }
}

export function listLinks(socket: NetlinkSocket): ListedLink[] {
  return socket.list(linksQuery()).map(listedLinkIn);
}

/** The index of the device that packets to this address leave by, or undefined where there is no route. */
export function routedThrough(socket: NetlinkSocket, address: string): number | undefined {
  try {
    return deviceIn(socket.query(routeQuery(address)));
  } catch (error) {
    if (isErrno(error, 'ENOMEM') || isErrno(error, 'ENOBUFS')) throw error;
    return undefined;
  }
}

/**
 * Creates a veth pair between the bridge and the network namespace of process `pid`, brings `lo` and the link up in
 * there, and adds its address and the default route. Synchronous: the thread is in that namespace for a moment.
 * @throws SystemError `ENOENT` or `ESRCH` when there is no such process, `EEXIST` when it is linked already
 */
export function attach(host: NetlinkSocket, pid: number, attachment: Attachment): void {
  const namespace = openSync(`/proc/${pid}/ns/net`, 'r');
  try {
    refuseOwnNamespace(namespace, pid);
    host.request(newPair(attachment, namespace), portMode(attachment));
    const { device, gateway, isDefault, routeMtu } = attachment;
    let { ipv6 } = attachment;
    using inside = enter(namespace, () => {
      // A setting of the container may have turned it off.
      if (hostIpv6Mode() === 'none') ipv6 = undefined;
      configureIpv6(device, ipv6 !== undefined);
      return new NetlinkSocket(NETLINK_ROUTE);
    });
    const index = findLink(inside, device)?.index ?? 0;
    inside.request(
      setUp(LOOPBACK_INDEX),
      newAddress(index, attachment),
      setUp(index),
      ...(isDefault ? [defaultRoute(gateway, routeMtu)] : []),
      ...(ipv6 ? [newIpv6Address(index, ipv6.address)] : []),
      ...(ipv6?.gateway ? [ipv6DefaultRoute(ipv6.gateway, routeMtu)] : []),
    );
  } finally {
    closeSync(namespace);
  }
}

/** Deletes a veth pair by the host's end; does nothing where there is none. */
export function detach(host: NetlinkSocket, link: string): void {
  const found = findLink(host, link);
  if (found) host.request(removal(found.index));
}

/** Gateways of the default routes; undefined: no route of that family is changed. */
export interface Gateways {
  readonly ipv4: string;
  readonly ipv6: Buffer | undefined;
  readonly mtu: number | undefined;
}

/** Changes the gateways of the default routes in the network namespace of process `pid`. */
export function setDefaultRoutes(pid: number, { ipv4, ipv6, mtu }: Gateways): void {
  const namespace = openSync(`/proc/${pid}/ns/net`, 'r');
  try {
    refuseOwnNamespace(namespace, pid);
    let withoutIpv6 = false;
    using inside = enter(namespace, () => {
      withoutIpv6 = hostIpv6Mode() === 'none';
      return new NetlinkSocket(NETLINK_ROUTE);
    });
    inside.request(
      { ...defaultRoute(ipv4, mtu), flags: NLM_F_CREATE | NLM_F_REPLACE },
      ...(ipv6 && !withoutIpv6 ? [ipv6DefaultRoute(ipv6, mtu)] : []),
    );
  } finally {
    closeSync(namespace);
  }
}

/** Brings up `lo` alone in the network namespace of process `pid`. @throws SystemError `ENOENT` or `ESRCH` when there is no such process */
export function bringLoopbackUp(pid: number): void {
  const namespace = openSync(`/proc/${pid}/ns/net`, 'r');
  try {
    refuseOwnNamespace(namespace, pid);
    using inside = enter(namespace, () => new NetlinkSocket(NETLINK_ROUTE));
    inside.request(setUp(LOOPBACK_INDEX));
  } finally {
    closeSync(namespace);
  }
}

/** Writes settings of the network namespace of process `pid`. @throws GantryError `invalid` */
export function setSysctls(pid: number, sysctls: readonly (readonly [name: string, value: string])[]): void {
  const namespace = openSync(`/proc/${pid}/ns/net`, 'r');
  try {
    refuseOwnNamespace(namespace, pid);
    enter(namespace, () => {
      for (const [name, value] of sysctls) setSysctl(name, value);
    });
  } finally {
    closeSync(namespace);
  }
}

/** A reused pid may name a process of the host, which must not get an address and a default route. */
function refuseOwnNamespace(namespace: number, pid: number): void {
  const isOwn = fstatSync(namespace).ino === statSync(OWN_NAMESPACE).ino;
  if (isOwn) throw new SystemError('link', constants.errno.ESRCH, `process ${pid}`);
}

function enter<T>(namespace: number, work: () => T): T {
  const own = openSync(OWN_NAMESPACE, 'r');
  try {
    check(libc().setns(namespace, CLONE_NEWNET), 'setns', 'the network namespace of a container');
    try {
      return work();
    } finally {
      // An engine must never go on inside a container's namespaces.
      if (libc().setns(own, CLONE_NEWNET) !== 0) process.abort();
    }
  } finally {
    closeSync(own);
  }
}
