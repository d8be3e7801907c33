import { networkInterfaces } from 'node:os';
import { AF_INET, AF_INET6 } from '../../../host/index.js';
import { EVERY_IPV4, EVERY_IPV6, hasIpv6Form, ipv6AddressBytes } from '../addresses/index.js';
import type { PublishedPort } from '../contracts/index.js';
import {
  addressBytes,
  attribute,
  attributes,
  isErrno,
  NESTED,
  NETLINK_NETFILTER,
  type NetlinkMessage,
  NetlinkSocket,
  words,
} from './netlink.js';

/** Numbers of <linux/netfilter/nfnetlink_conntrack.h>. */
const CT_GET = (1 << 8) | 1;
const CT_DELETE = (1 << 8) | 2;
const [CTA_TUPLE_ORIG, CTA_ZONE, CTA_FILTER, CTA_FILTER_ORIG_FLAGS] = [1, 18, 25, 1];
const [CTA_TUPLE_IP, CTA_TUPLE_PROTO, CTA_PROTO_NUM, CTA_PROTO_DST_PORT] = [1, 2, 1, 3];
const [CTA_IP_V4_DST, CTA_IP_V6_DST] = [2, 4];
const [BY_PROTOCOL, BY_PORT] = [1 << 3, 1 << 5];
const IPPROTO_UDP = 17;
const BATCH = 64;
const UNKNOWN = ['EPROTONOSUPPORT', 'EOPNOTSUPP', 'EINVAL'] as const;

/**
 * Deletes the kernel's UDP flows to these ports of the host. All packets of a flow follow its first one for as long as
 * they keep coming: without this, a client that never pauses would send to a container that is gone, and never to the
 * next one.
 */
export function flushConntrack(ports: readonly PublishedPort[]): void {
  const wanted = ports.filter(({ protocol }) => protocol === 'udp');
  if (wanted.length === 0) return;
  try {
    flush(wanted);
  } catch (error) {
    // A kernel that tracks no connections, or does not list them, has no flow that could be deleted.
    if (!UNKNOWN.some((name) => isErrno(error, name))) throw error;
  }
}

function flush(wanted: readonly PublishedPort[]): void {
  const local = localAddresses();
  using socket = new NetlinkSocket(NETLINK_NETFILTER);
  for (const family of [AF_INET, AF_INET6]) {
    const stale = socket.list(flowQuery(family, wanted)).flatMap((answer) => {
      const flow = attributes(answer.subarray(4));
      const target = targetOf(flow.get(CTA_TUPLE_ORIG), family);
      return target.isUdp && local.has(target.address) && wanted.some((port) => leadsTo(port, target))
        ? removal(family, flow)
        : [];
    });
    for (let at = 0; at < stale.length; at += BATCH) remove(socket, stale.slice(at, at + BATCH));
  }
}

interface Target {
  /** In hexadecimal. */
  readonly address: string;
  readonly port: number;
  /** A kernel before 5.8 ignores the filter. */
  readonly isUdp: boolean;
}

function leadsTo({ hostAddress, hostPort }: PublishedPort, { address, port }: Target): boolean {
  const isEvery = hostAddress === EVERY_IPV4 || hostAddress === EVERY_IPV6;
  return port === hostPort && (isEvery || hexadecimal(hostAddress) === address);
}

/** The kernel filters by one port; several ports are filtered here, among all flows of UDP. */
function flowQuery(family: number, ports: readonly PublishedPort[]): NetlinkMessage {
  const [only] = new Set(ports.map(({ hostPort }) => hostPort)).size === 1 ? ports : [];
  const port = Buffer.alloc(2);
  port.writeUInt16BE(only?.hostPort ?? 0);
  const proto = [
    attribute(CTA_PROTO_NUM, Buffer.from([IPPROTO_UDP])),
    ...(only ? [attribute(CTA_PROTO_DST_PORT, port)] : []),
  ];
  const flags = attribute(CTA_FILTER_ORIG_FLAGS, words(only ? BY_PROTOCOL | BY_PORT : BY_PROTOCOL));
  return {
    subject: 'UDP flows',
    type: CT_GET,
    body: [
      general(family),
      attribute(CTA_TUPLE_ORIG | NESTED, attribute(CTA_TUPLE_PROTO | NESTED, ...proto)),
      attribute(CTA_FILTER | NESTED, flags),
    ],
  };
}

function targetOf(tuple: Buffer | undefined, family: number): Target {
  const parts = attributes(tuple ?? Buffer.alloc(0));
  const inside = (type: number): Map<number, Buffer> => attributes(parts.get(type) ?? Buffer.alloc(0));
  const proto = inside(CTA_TUPLE_PROTO);
  const address = inside(CTA_TUPLE_IP).get(family === AF_INET ? CTA_IP_V4_DST : CTA_IP_V6_DST);
  return {
    address: address?.toString('hex') ?? '',
    port: proto.get(CTA_PROTO_DST_PORT)?.readUInt16BE() ?? 0,
    isUdp: proto.get(CTA_PROTO_NUM)?.[0] === IPPROTO_UDP,
  };
}

function removal(family: number, flow: Map<number, Buffer>): NetlinkMessage {
  const copied = [CTA_TUPLE_ORIG, CTA_ZONE].flatMap((type) => {
    const value = flow.get(type);
    return value ? [attribute(type === CTA_TUPLE_ORIG ? type | NESTED : type, value)] : [];
  });
  return { subject: 'UDP flow', type: CT_DELETE, body: [general(family), ...copied] };
}

function remove(socket: NetlinkSocket, stale: readonly NetlinkMessage[]): void {
  try {
    socket.request(...stale);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

/** struct nfgenmsg. */
function general(family: number): Buffer {
  return Buffer.from([family, 0, 0, 0]);
}

/** Flows to ports of other hosts do not belong to published ports. */
function localAddresses(): { has(address: string): boolean } {
  const own = new Set(
    Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => hexadecimal(address))),
  );
  return { has: (address) => own.has(address) || /^7f.{6}$/.test(address) };
}

function hexadecimal(address: string): string {
  return (hasIpv6Form(address) ? ipv6AddressBytes(address) : addressBytes(address)).toString('hex');
}
