import { AF_INET, AF_INET6 } from '../../../host/index.js';
import { EVERY_IPV4, EVERY_IPV6, hasIpv6Form, ipv6AddressBytes } from '../addresses/index.js';
import type { PortMapping, PublishedPort } from '../contracts/index.js';
import { isLocalAddress } from './host-network.js';
import {
  addressBytes,
  attribute,
  attributes,
  isErrno,
  NESTED,
  NETLINK_NETFILTER,
  NETLINK_ROUTE,
  type NetlinkMessage,
  NetlinkSocket,
  words,
} from './netlink.js';

/** Numbers of <linux/netfilter/nfnetlink_conntrack.h>. */
const CT_GET = (1 << 8) | 1;
const CT_DELETE = (1 << 8) | 2;
const [CTA_TUPLE_ORIG, CTA_TUPLE_REPLY, CTA_ZONE, CTA_FILTER, CTA_FILTER_ORIG_FLAGS] = [1, 2, 18, 25, 1];
const [CTA_TUPLE_IP, CTA_TUPLE_PROTO, CTA_PROTO_NUM, CTA_PROTO_SRC_PORT, CTA_PROTO_DST_PORT] = [1, 2, 1, 2, 3];
const [CTA_IP_V4_SRC, CTA_IP_V4_DST, CTA_IP_V6_SRC, CTA_IP_V6_DST] = [1, 2, 3, 4];
const [BY_PROTOCOL, BY_PORT] = [1 << 3, 1 << 5];
const IPPROTO_UDP = 17;
const BATCH = 64;
/** The kernel looks for so many ports one by one: beyond that, all flows are read once. */
const MOST_QUERIES = 8;
const UNKNOWN = ['EPROTONOSUPPORT', 'EOPNOTSUPP', 'EINVAL'] as const;

/**
 * Deletes the kernel's UDP flows to ports of the host that are published no more, or lead elsewhere than they should. All
 * packets of a flow follow its first one for as long as they keep coming: without this, a client that never pauses
 * would send to a container that is gone, and never to the next one. Flows that lead where they should go on.
 * @param closed ports that are not published any more
 * @param open ports as they are published
 */
export function flushConntrack(closed: readonly PublishedPort[], open: readonly PortMapping[] = []): void {
  const wanted = [...open, ...closed].filter(({ protocol }) => protocol === 'udp');
  if (wanted.length === 0) return;
  try {
    flush(wanted);
  } catch (error) {
    // A kernel that tracks no connections, or does not list them, has no flow that could be deleted.
    if (!UNKNOWN.some((name) => isErrno(error, name))) throw error;
  }
}

type WantedPort = PublishedPort & Partial<Pick<PortMapping, 'containerAddress' | 'containerIpv6'>>;

function flush(wanted: readonly WantedPort[]): void {
  const byPort = Map.groupBy(wanted, ({ hostPort }) => hostPort);
  using socket = new NetlinkSocket(NETLINK_NETFILTER);
  using routes = new NetlinkSocket(NETLINK_ROUTE);
  const local = localAddresses(routes);
  const filters = byPort.size <= MOST_QUERIES ? [...byPort.keys()] : [undefined];
  for (const family of [AF_INET, AF_INET6]) {
    const flows = filters.flatMap((port) => socket.list(flowQuery(family, port)));
    const stale = flows.flatMap((answer) => {
      const flow = attributes(answer.subarray(4));
      const target = tupleEnd(flow.get(CTA_TUPLE_ORIG), family, 'destination');
      const ports = target.isUdp ? (byPort.get(target.port) ?? []) : [];
      const port = ports.find((one) => leadsTo(one, target));
      if (!port || !local(target.address)) return [];
      return isRight(port, tupleEnd(flow.get(CTA_TUPLE_REPLY), family, 'source'), family) ? [] : removal(family, flow);
    });
    for (let at = 0; at < stale.length; at += BATCH) remove(socket, stale.slice(at, at + BATCH));
  }
}

interface TupleEnd {
  /** In hexadecimal. */
  readonly address: string;
  readonly port: number;
  /** A kernel before 5.8 ignores the filter. */
  readonly isUdp: boolean;
}

function leadsTo({ hostAddress, hostPort }: PublishedPort, { address, port }: TupleEnd): boolean {
  const isEvery = hostAddress === EVERY_IPV4 || hostAddress === EVERY_IPV6;
  return port === hostPort && (isEvery || hexadecimal(hostAddress) === address);
}

/** Whether a flow's answers come from where the port leads. */
function isRight(
  { containerPort, containerAddress, containerIpv6 }: WantedPort,
  from: TupleEnd,
  family: number,
): boolean {
  const container = family === AF_INET ? containerAddress : containerIpv6;
  return container !== undefined && from.port === containerPort && from.address === hexadecimal(container);
}

/** @param only the kernel filters by one port; undefined: all flows of UDP */
function flowQuery(family: number, only: number | undefined): NetlinkMessage {
  const port = Buffer.alloc(2);
  port.writeUInt16BE(only ?? 0);
  const proto = [
    attribute(CTA_PROTO_NUM, Buffer.from([IPPROTO_UDP])),
    ...(only !== undefined ? [attribute(CTA_PROTO_DST_PORT, port)] : []),
  ];
  const flags = attribute(CTA_FILTER_ORIG_FLAGS, words(only !== undefined ? BY_PROTOCOL | BY_PORT : BY_PROTOCOL));
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

function tupleEnd(tuple: Buffer | undefined, family: number, end: 'source' | 'destination'): TupleEnd {
  const parts = attributes(tuple ?? Buffer.alloc(0));
  const inside = (type: number): Map<number, Buffer> => attributes(parts.get(type) ?? Buffer.alloc(0));
  const proto = inside(CTA_TUPLE_PROTO);
  const [ipv4, ipv6, port] =
    end === 'source'
      ? [CTA_IP_V4_SRC, CTA_IP_V6_SRC, CTA_PROTO_SRC_PORT]
      : [CTA_IP_V4_DST, CTA_IP_V6_DST, CTA_PROTO_DST_PORT];
  return {
    address:
      inside(CTA_TUPLE_IP)
        .get(family === AF_INET ? ipv4 : ipv6)
        ?.toString('hex') ?? '',
    port: proto.get(port)?.readUInt16BE() ?? 0,
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
function localAddresses(routes: NetlinkSocket): (address: string) => boolean {
  const known = new Map<string, boolean>();
  return (address) => {
    const isLocal = known.get(address) ?? isLocalAddress(routes, Buffer.from(address, 'hex'));
    known.set(address, isLocal);
    return isLocal;
  };
}

function hexadecimal(address: string): string {
  return (hasIpv6Form(address) ? ipv6AddressBytes(address) : addressBytes(address)).toString('hex');
}
