import { closeSync, fstatSync, openSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { CLONE_NEWNET, check, libc, SystemError } from '../system/index.js';
import {
  addressBytes,
  attribute,
  attributes,
  isErrno,
  NETLINK_ROUTE,
  type NetlinkMessage,
  NetlinkSocket,
  NLM_F_CREATE,
  NLM_F_EXCL,
  words,
  zeroTerminated,
} from './netlink.js';

/** Numbers of <linux/rtnetlink.h>, <linux/if_link.h>, <linux/if.h>, <linux/veth.h>. */
const [RTM_NEWLINK, RTM_GETLINK, RTM_NEWADDR, RTM_NEWROUTE, RTM_GETROUTE] = [16, 18, 20, 24, 26];
const [IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU, IFLA_MASTER, IFLA_LINKINFO, IFLA_NET_NS_FD] = [1, 3, 4, 10, 18, 28];
const [IFLA_INFO_KIND, IFLA_INFO_DATA, IFLA_INFO_SLAVE_KIND, IFLA_INFO_SLAVE_DATA] = [1, 2, 4, 5];
const [VETH_INFO_PEER, IFLA_BRPORT_MODE] = [1, 4];
const [IFA_ADDRESS, IFA_LOCAL, RTA_DST, RTA_OIF, RTA_GATEWAY] = [1, 2, 1, 4, 5];
const [RT_TABLE_MAIN, RTPROT_BOOT, RTN_UNICAST] = [254, 3, 1];
const IFF_UP = 1;
const AF_INET = 2;
const LOOPBACK_INDEX = 1;
const OWN_NAMESPACE = '/proc/thread-self/ns/net';

export interface Link {
  readonly index: number;
  readonly isUp: boolean;
  /** Bytes. */
  readonly mtu: number;
  /** `bridge`, `veth`; empty for a physical device. */
  readonly kind: string;
}

/** A container's end of a link, and the bridge that its other end belongs to. */
export interface Attachment {
  /** The name of the host's end. */
  readonly link: string;
  readonly bridge: Link;
  readonly address: string;
  readonly prefixLength: number;
  readonly gateway: string;
  readonly macAddress: string;
}

/** Looks a device up by name or index in the socket's namespace. */
export function findLink(socket: NetlinkSocket, device: string | number): Link | undefined {
  const [index, name] = typeof device === 'number' ? [device, []] : [0, [interfaceName(device)]];
  try {
    const answer = socket.query({ subject: `${device}`, type: RTM_GETLINK, body: [interfaceInfo(index, 0), ...name] });
    const found = attributes(answer.subarray(16));
    const kind = attributes(found.get(IFLA_LINKINFO) ?? Buffer.alloc(0)).get(IFLA_INFO_KIND);
    return {
      index: answer.readInt32LE(4),
      isUp: (answer.readUInt32LE(8) & IFF_UP) !== 0,
      mtu: found.get(IFLA_MTU)?.readUInt32LE() ?? 0,
      kind: kind?.toString('latin1').replaceAll('\0', '') ?? '',
    };
  } catch (error) {
    if (isErrno(error, 'ENODEV')) return undefined;
    throw error;
  }
}

/** The index of the device that packets to this address leave by, or undefined where there is no route. */
export function routedThrough(socket: NetlinkSocket, address: string): number | undefined {
  const body = [routeInfo(32), attribute(RTA_DST, addressBytes(address))];
  try {
    return attributes(socket.query({ subject: address, type: RTM_GETROUTE, body }).subarray(12))
      .get(RTA_OIF)
      ?.readUInt32LE();
  } catch {
    return undefined;
  }
}

/**
 * Makes a pair of links between the bridge and the network namespace of process `pid`: `lo` and `eth0` up there, with
 * address and default route. Synchronous: the thread is in that namespace for a moment.
 * @throws SystemError `ENOENT` or `ESRCH` when there is no such process, `EEXIST` when it is linked already
 */
export function attach(host: NetlinkSocket, pid: number, attachment: Attachment): void {
  const namespace = openSync(`/proc/${pid}/ns/net`, 'r');
  try {
    refuseOwnNamespace(namespace, pid);
    host.request(newPair(attachment, namespace), hairpin(attachment.link));
    using inside = enter(namespace, () => {
      disableIpv6('eth0');
      return new NetlinkSocket(NETLINK_ROUTE);
    });
    const index = findLink(inside, 'eth0')?.index ?? 0;
    inside.request(
      setUp(LOOPBACK_INDEX),
      newAddress(index, attachment),
      setUp(index),
      defaultRoute(attachment.gateway),
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

/** A pid that was given again names a process of the host, which must not get an address and a default route. */
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
      check(libc().setns(own, CLONE_NEWNET), 'setns', 'the network namespace of the engine');
    }
  } finally {
    closeSync(own);
  }
}

/** The bridge has no IPv6, and a container's self-made address would only let it talk past the rules (CVE-2020-13401). */
export function disableIpv6(device: string): void {
  try {
    writeFileSync(`/proc/sys/net/ipv6/conf/${device}/disable_ipv6`, '1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function newPair({ link, bridge, macAddress }: Attachment, namespace: number): NetlinkMessage {
  const mac = Buffer.from(macAddress.replaceAll(':', ''), 'hex');
  const mtu = attribute(IFLA_MTU, words(bridge.mtu));
  const peer = attribute(
    VETH_INFO_PEER,
    interfaceInfo(0, 0),
    interfaceName('eth0'),
    mtu,
    attribute(IFLA_ADDRESS, mac),
    attribute(IFLA_NET_NS_FD, words(namespace)),
  );
  const info = [attribute(IFLA_INFO_KIND, zeroTerminated('veth')), attribute(IFLA_INFO_DATA, peer)];
  return {
    subject: link,
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: [
      interfaceInfo(0, IFF_UP),
      interfaceName(link),
      mtu,
      attribute(IFLA_MASTER, words(bridge.index)),
      attribute(IFLA_LINKINFO, ...info),
    ],
  };
}

/** Where br_netfilter is loaded, a container that calls its own published port needs its packets sent back to it. */
function hairpin(link: string): NetlinkMessage {
  const kind = attribute(IFLA_INFO_SLAVE_KIND, zeroTerminated('bridge'));
  const data = attribute(IFLA_INFO_SLAVE_DATA, attribute(IFLA_BRPORT_MODE, Buffer.from([1])));
  const body = [interfaceInfo(0, 0), interfaceName(link), attribute(IFLA_LINKINFO, kind, data)];
  return { subject: link, type: RTM_NEWLINK, body };
}

function setUp(index: number): NetlinkMessage {
  return { subject: `device ${index}`, type: RTM_NEWLINK, body: [interfaceInfo(index, IFF_UP)] };
}

function newAddress(index: number, { address, prefixLength }: Attachment): NetlinkMessage {
  const bytes = addressBytes(address);
  return {
    subject: address,
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: [
      Buffer.from([AF_INET, prefixLength, 0, 0]),
      words(index),
      attribute(IFA_LOCAL, bytes),
      attribute(IFA_ADDRESS, bytes),
    ],
  };
}

function defaultRoute(gateway: string): NetlinkMessage {
  return {
    subject: `default route by ${gateway}`,
    type: RTM_NEWROUTE,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: [routeInfo(0), attribute(RTA_GATEWAY, addressBytes(gateway))],
  };
}

/** struct ifinfomsg: family, type, index, flags, and which flags are meant. */
function interfaceInfo(index: number, flags: number): Buffer {
  return words(0, index, flags, flags);
}

/** struct rtmsg, up to its flags. */
function routeInfo(destinationLength: number): Buffer {
  return Buffer.from([AF_INET, destinationLength, 0, 0, RT_TABLE_MAIN, RTPROT_BOOT, 0, RTN_UNICAST, 0, 0, 0, 0]);
}

function interfaceName(name: string): Buffer {
  return attribute(IFLA_IFNAME, zeroTerminated(name));
}
