import { AF_INET, AF_INET6 } from '../../../host/index.js';
import { addressToInteger, hasIpv6Form, integerToAddress, ipv6AddressBytes } from '../addresses/index.js';
import { interfaceInfo, interfaceName, interfaceOf } from './link-messages.js';
import {
  addressBytes,
  attribute,
  attributes,
  NESTED,
  type NetlinkMessage,
  NLM_F_CREATE,
  NLM_F_EXCL,
  NLM_F_REPLACE,
  words,
  zeroTerminated,
} from './netlink.js';

/** Numbers of <linux/rtnetlink.h>, <linux/if_link.h>, <linux/if_addr.h>. */
const [RTM_NEWLINK, RTM_SETLINK, RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR, RTM_GETROUTE] = [16, 19, 20, 21, 22, 26];
const [IFLA_ADDRESS, IFLA_MTU, IFLA_MASTER, IFLA_LINKINFO, IFLA_IFALIAS] = [1, 4, 10, 18, 20];
const IFLA_INFO_KIND = 1;
const [IFLA_PROTINFO, IFLA_BRPORT_STATE, IFLA_BRPORT_FLUSH, BR_STATE_DISABLED, AF_BRIDGE] = [12, 1, 24, 0, 7];
const [IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST, IFA_F_NODAD] = [1, 2, 4, 0x02];
const [RTA_DST, RTA_OIF, RTA_GATEWAY, RTN_LOCAL, RTPROT_KERNEL] = [1, 4, 5, 2, 2];
const IFF_UP = 1;

export function newBridge(name: string, macAddress: string): NetlinkMessage {
  const mac = attribute(IFLA_ADDRESS, Buffer.from(macAddress.replaceAll(':', ''), 'hex'));
  const kind = attribute(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, zeroTerminated('bridge')));
  const body = [interfaceInfo(0, 0), interfaceName(name), mac, kind];
  return { subject: `bridge ${name}`, type: RTM_NEWLINK, flags: NLM_F_CREATE | NLM_F_EXCL, body };
}

export function setAlias(device: string | number, alias: string): NetlinkMessage {
  const body = [...interfaceOf(device), attribute(IFLA_IFALIAS, zeroTerminated(alias))];
  return { subject: `alias of device ${device}`, type: RTM_NEWLINK, body };
}

export function setUpWithMtu(index: number, mtu: number): NetlinkMessage {
  const body = [interfaceInfo(index, IFF_UP), attribute(IFLA_MTU, words(mtu))];
  return { subject: `device ${index}`, type: RTM_NEWLINK, body };
}

/** Puts a device on a bridge, and brings it up. */
export function setMaster(device: string, bridge: number): NetlinkMessage {
  const body = [...interfaceOf(device, IFF_UP), attribute(IFLA_MASTER, words(bridge))];
  return { subject: `device ${device}`, type: RTM_NEWLINK, body };
}

/** Keeps all packets of a device from its bridge, and forgets the MAC addresses behind it. */
export function disablePort(index: number): NetlinkMessage {
  const state = attribute(IFLA_BRPORT_STATE, Buffer.from([BR_STATE_DISABLED]));
  const info = attribute(IFLA_PROTINFO | NESTED, state, attribute(IFLA_BRPORT_FLUSH));
  return { subject: `port of device ${index}`, type: RTM_SETLINK, body: [words(AF_BRIDGE, index, 0, 0), info] };
}

/** An address of the host, of either family. */
export interface HostAddress {
  /** The index of its device. */
  readonly device: number;
  /** The bytes in hexadecimal. */
  readonly bytes: string;
}

export function addHostAddress(device: number, address: string, prefixLength: number): NetlinkMessage {
  return { ...hostAddress(RTM_NEWADDR, device, address, prefixLength), flags: NLM_F_CREATE | NLM_F_REPLACE };
}

export function removeHostAddress(device: number, address: string, prefixLength: number): NetlinkMessage {
  return hostAddress(RTM_DELADDR, device, address, prefixLength);
}

function hostAddress(type: number, device: number, address: string, prefixLength: number): NetlinkMessage {
  const isIpv6 = hasIpv6Form(address);
  const bytes = isIpv6 ? ipv6AddressBytes(address) : addressBytes(address);
  const size = 2 ** (32 - prefixLength);
  const broadcast = (): string => integerToAddress(Math.floor(addressToInteger(address) / size) * size + size - 1);
  const info = Buffer.from([isIpv6 ? AF_INET6 : AF_INET, prefixLength, isIpv6 ? IFA_F_NODAD : 0, 0]);
  const body = [
    ...[info, words(device), attribute(IFA_LOCAL, bytes), attribute(IFA_ADDRESS, bytes)],
    ...(isIpv6 ? [] : [attribute(IFA_BROADCAST, addressBytes(broadcast()))]),
  ];
  return { subject: address, type, body };
}

/** All addresses of both families. */
export function addressesQuery(): NetlinkMessage {
  return { subject: 'addresses', type: RTM_GETADDR, body: [Buffer.alloc(8)] };
}

export function hostAddressIn(answer: Buffer): HostAddress {
  const found = attributes(answer.subarray(8));
  const bytes = found.get(IFA_LOCAL) ?? found.get(IFA_ADDRESS);
  return { device: answer.readInt32LE(4), bytes: bytes?.toString('hex') ?? '' };
}

/** A route of IPv4, of any table. */
export interface HostRoute {
  /** The destination's first address. */
  readonly first: number;
  readonly prefixLength: number;
  /** The index of its device. */
  readonly device: number | undefined;
  /** Its destination is the link that an address of the device is of. */
  readonly isConnected: boolean;
}

export function routesQuery(): NetlinkMessage {
  return { subject: 'routes', type: RTM_GETROUTE, body: [Buffer.from([AF_INET, ...Buffer.alloc(11)])] };
}

export function hostRouteIn(answer: Buffer): HostRoute {
  const found = attributes(answer.subarray(12));
  return {
    first: found.get(RTA_DST)?.readUInt32BE() ?? 0,
    prefixLength: answer[1] ?? 0,
    device: found.get(RTA_OIF)?.readUInt32LE(),
    isConnected: answer[5] === RTPROT_KERNEL && !found.has(RTA_GATEWAY),
  };
}

/** @param bytes of an address of either family */
export function localityQuery(bytes: Buffer): NetlinkMessage {
  const isIpv6 = bytes.length === 16;
  const info = Buffer.from([isIpv6 ? AF_INET6 : AF_INET, bytes.length * 8, ...Buffer.alloc(10)]);
  return { subject: 'an address', type: RTM_GETROUTE, body: [info, attribute(RTA_DST, bytes)] };
}

/** Whether an answer to `localityQuery` says that the address is one of the host. */
export function isLocalIn(answer: Buffer): boolean {
  return answer[7] === RTN_LOCAL;
}
