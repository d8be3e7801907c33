import { AF_INET, AF_INET6 } from '../../../host/index.js';
import { PREFIX_LENGTH } from '../addresses/index.js';
import {
  addressBytes,
  attribute,
  attributes,
  type NetlinkMessage,
  NLM_F_CREATE,
  NLM_F_EXCL,
  NLM_F_REPLACE,
  words,
  zeroTerminated,
} from './netlink.js';

/** Numbers of <linux/rtnetlink.h>, <linux/if_link.h>, <linux/if.h>, <linux/veth.h>. */
const [RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_NEWADDR, RTM_NEWROUTE, RTM_GETROUTE] = [16, 17, 18, 20, 24, 26];
const [IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU, IFLA_MASTER, IFLA_LINKINFO, IFLA_NET_NS_FD] = [1, 3, 4, 10, 18, 28];
const [IFLA_INFO_KIND, IFLA_INFO_DATA, IFLA_INFO_SLAVE_KIND, IFLA_INFO_SLAVE_DATA] = [1, 2, 4, 5];
const [VETH_INFO_PEER, IFLA_BRPORT_MODE, IFLA_BRPORT_ISOLATED] = [1, 4, 33];
const IFLA_IFALIAS = 20;
const [IFA_ADDRESS, IFA_LOCAL, RTA_DST, RTA_OIF, RTA_GATEWAY, RTA_METRICS, RTAX_MTU] = [1, 2, 1, 4, 5, 8, 2];
const [RT_TABLE_MAIN, RTPROT_BOOT, RTN_UNICAST] = [254, 3, 1];
const IFF_UP = 1;
/** RFC 8200: every link carries this. */
export const IPV6_MIN_MTU = 1280;
/** The address is used at once, since it cannot collide. */
const IFA_F_NODAD = 0x02;

export interface Link {
  readonly index: number;
  readonly isUp: boolean;
  /** Bytes. */
  readonly mtu: number;
  /** `bridge`, `veth`; empty for a physical device. */
  readonly kind: string;
  /** With colons. */
  readonly macAddress: string;
  /** What `ip link set alias` has written; empty for none. */
  readonly alias: string;
}

/** The host's end of a link on its bridge. */
export interface PortSettings {
  /** The name of the device. */
  readonly link: string;
  /** It reaches no other link of the bridge. */
  readonly isIsolated: boolean;
}

/** A container's end of a link, and the bridge that its other end belongs to. */
export interface Attachment extends PortSettings {
  readonly bridge: Link;
  readonly address: string;
  readonly prefixLength: number;
  readonly gateway: string;
  readonly macAddress: string;
  /** The name of the container's end: `eth0`. */
  readonly device: string;
  /** Whether the container's default route leads through it. */
  readonly isDefault: boolean;
  /** The largest packet on the default route; undefined: as on the link. */
  readonly routeMtu: number | undefined;
  /** Undefined: none on this link. The gateway is set where the default route leads to it. */
  readonly ipv6: { readonly address: Buffer; readonly gateway: Buffer | undefined } | undefined;
}

export function linkQuery(device: string | number): NetlinkMessage {
  return { subject: `${device}`, type: RTM_GETLINK, body: interfaceOf(device) };
}

/** Parses an answer to `linkQuery`. */
export function linkIn(answer: Buffer): Link {
  const found = attributes(answer.subarray(16));
  const kind = attributes(found.get(IFLA_LINKINFO) ?? Buffer.alloc(0)).get(IFLA_INFO_KIND);
  return {
    index: answer.readInt32LE(4),
    isUp: (answer.readUInt32LE(8) & IFF_UP) !== 0,
    mtu: found.get(IFLA_MTU)?.readUInt32LE() ?? 0,
    kind: textIn(kind),
    macAddress: found.get(IFLA_ADDRESS)?.toString('hex').match(/../g)?.join(':') ?? '',
    alias: textIn(found.get(IFLA_IFALIAS)),
  };
}

/** One of a list of all links. */
export interface ListedLink {
  readonly index: number;
  readonly name: string;
  /** The index of the bridge that it belongs to. */
  readonly master: number | undefined;
  /** What `ip link set alias` has written; empty for none. */
  readonly alias: string;
}

export function linksQuery(): NetlinkMessage {
  return { subject: 'links', type: RTM_GETLINK, body: [interfaceInfo(0, 0)] };
}

/** Parses one of the answers to `linksQuery`. */
export function listedLinkIn(answer: Buffer): ListedLink {
  const found = attributes(answer.subarray(16));
  return {
    index: answer.readInt32LE(4),
    name: textIn(found.get(IFLA_IFNAME)),
    master: found.get(IFLA_MASTER)?.readUInt32LE(),
    alias: textIn(found.get(IFLA_IFALIAS)),
  };
}

function textIn(value: Buffer | undefined): string {
  return value?.toString('latin1').replaceAll('\0', '') ?? '';
}

export function routeQuery(address: string): NetlinkMessage {
  return { subject: address, type: RTM_GETROUTE, body: [routeInfo(32), attribute(RTA_DST, addressBytes(address))] };
}

/** The index of the device that an answer to `routeQuery` names. */
export function deviceIn(answer: Buffer): number | undefined {
  return attributes(answer.subarray(12)).get(RTA_OIF)?.readUInt32LE();
}

export function removal(index: number): NetlinkMessage {
  return { subject: `device ${index}`, type: RTM_DELLINK, body: [interfaceInfo(index, 0)] };
}

export function newPair({ link, bridge, macAddress, device }: Attachment, namespace: number): NetlinkMessage {
  const mac = Buffer.from(macAddress.replaceAll(':', ''), 'hex');
  const mtu = attribute(IFLA_MTU, words(bridge.mtu));
  const peer = attribute(
    VETH_INFO_PEER,
    interfaceInfo(0, 0),
    interfaceName(device),
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

/**
 * Lets the bridge send packets back to the port that they came from. A container that calls its own published port
 * needs it where br_netfilter is loaded. Isolated ports send nothing to each other.
 */
export function portMode({ link, isIsolated }: PortSettings): NetlinkMessage {
  const kind = attribute(IFLA_INFO_SLAVE_KIND, zeroTerminated('bridge'));
  const modes = [IFLA_BRPORT_MODE, ...(isIsolated ? [IFLA_BRPORT_ISOLATED] : [])];
  const data = attribute(IFLA_INFO_SLAVE_DATA, ...modes.map((mode) => attribute(mode, Buffer.from([1]))));
  const body = [...interfaceOf(link), attribute(IFLA_LINKINFO, kind, data)];
  return { subject: link, type: RTM_NEWLINK, body };
}

export function setUp(index: number): NetlinkMessage {
  return { subject: `device ${index}`, type: RTM_NEWLINK, body: [interfaceInfo(index, IFF_UP)] };
}

export function newAddress(index: number, { address, prefixLength }: Attachment): NetlinkMessage {
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

export function defaultRoute(gateway: string, mtu: number | undefined): NetlinkMessage {
  return {
    subject: `default route by ${gateway}`,
    type: RTM_NEWROUTE,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: [routeInfo(0), attribute(RTA_GATEWAY, addressBytes(gateway)), ...metrics(mtu)],
  };
}

export function newIpv6Address(index: number, address: Buffer): NetlinkMessage {
  return {
    subject: 'IPv6 address',
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: [
      Buffer.from([AF_INET6, PREFIX_LENGTH, IFA_F_NODAD, 0]),
      words(index),
      attribute(IFA_LOCAL, address),
      attribute(IFA_ADDRESS, address),
    ],
  };
}

export function ipv6DefaultRoute(gateway: Buffer, mtu: number | undefined): NetlinkMessage {
  const allowed = mtu === undefined ? undefined : Math.max(mtu, IPV6_MIN_MTU);
  const info = Buffer.from([AF_INET6, 0, 0, 0, RT_TABLE_MAIN, RTPROT_BOOT, 0, RTN_UNICAST, 0, 0, 0, 0]);
  const body = [info, attribute(RTA_GATEWAY, gateway), ...metrics(allowed)];
  return { subject: 'IPv6 default route', type: RTM_NEWROUTE, flags: NLM_F_CREATE | NLM_F_REPLACE, body };
}

function metrics(mtu: number | undefined): Buffer[] {
  return mtu === undefined ? [] : [attribute(RTA_METRICS, attribute(RTAX_MTU, words(mtu)))];
}

/** struct ifinfomsg: family, type, index, flags, and which flags are meant. */
export function interfaceInfo(index: number, flags: number): Buffer {
  return words(0, index, flags, flags);
}

/** An existing device, by name or index. */
export function interfaceOf(device: string | number, flags = 0): Buffer[] {
  if (typeof device === 'number') return [interfaceInfo(device, flags)];
  return [interfaceInfo(0, flags), interfaceName(device)];
}

/** struct rtmsg, up to its flags. */
function routeInfo(destinationLength: number): Buffer {
  return Buffer.from([AF_INET, destinationLength, 0, 0, RT_TABLE_MAIN, RTPROT_BOOT, 0, RTN_UNICAST, 0, 0, 0, 0]);
}

export function interfaceName(name: string): Buffer {
  return attribute(IFLA_IFNAME, zeroTerminated(name));
}
