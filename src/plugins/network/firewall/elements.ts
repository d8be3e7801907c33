import { EVERY_IPV4, EVERY_IPV6, hasIpv6Form, ipv6AddressBytes, normalizeAddress } from '../addresses/index.js';
import type { Network, PortMapping } from '../contracts/index.js';

/** A network with a subnet, as the rules need it. */
export type FirewallNetwork = Pick<Network, 'bridge' | 'subnet' | 'ipv6Subnet' | 'ipv6Gateway' | 'internal' | 'notes'>;

/** An element of a set or a map, each part as nft writes it. */
export interface Element {
  readonly set: string;
  readonly key: readonly string[];
  /** Of a map. */
  readonly value?: readonly string[];
}

/** The map elements of a published port. */
export function portElements(one: PortMapping): Element[] {
  const { hostAddress, protocol, hostPort, containerPort, containerAddress, containerIpv6 } = one;
  const key = [protocol, `${hostPort}`];
  const value = [containerAddress, `${containerPort}`];
  const value6 = containerIpv6 && [containerIpv6, `${containerPort}`];
  const ipv6 = value6 ? [{ set: 'published6', key, value: value6 }] : [];
  if (hostAddress === EVERY_IPV4) return [{ set: 'published', key, value }, ...ipv6];
  if (hostAddress === EVERY_IPV6) return ipv6;
  const keyAt = [hostAddress, ...key];
  if (!hasIpv6Form(hostAddress)) return [{ set: 'published_at', key: keyAt, value }];
  return value6 ? [{ set: 'published6_at', key: keyAt, value: value6 }] : [];
}

/** The elements of a network. */
export function networkElements(network: FirewallNetwork): Element[] {
  const { bridge, subnet, ipv6Subnet, ipv6Gateway, internal, notes } = network;
  const name = `"${bridge}"`;
  const hasIpv6 = ipv6Subnet !== '';
  return [
    { set: 'bridges', key: [name] },
    ...(notes.isolated ? [] : [{ set: 'within', key: [name, name] }]),
    internal ? { set: 'internal', key: [name] } : { set: 'outward', key: [subnet] },
    ...(hasIpv6 && !internal ? [{ set: 'outward6', key: [ipv6Subnet] }] : []),
    ...(hasIpv6 ? [{ set: 'gateways6', key: [name], value: [ipv6Gateway] }] : []),
  ];
}

/** As nft reads it: `add element inet TABLE SET { KEY : VALUE }`. */
export function elementCommand(verb: 'add' | 'delete', table: string, { set, key, value }: Element): string {
  const data = value && verb === 'add' ? ` : ${value.join(' . ')}` : '';
  return `${verb} element inet ${table} ${set} { ${key.join(' . ')}${data} }`;
}

/** As the kernel keeps it, to compare: the set, and the bytes of key and value in hexadecimal. */
export function kernelForm({ set, key, value = [] }: Element): string {
  const bytes = (parts: readonly string[]): string => Buffer.concat(parts.map(registers)).toString('hex');
  return `${set} ${bytes(key)} ${bytes(value)}`;
}

const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };
const IFNAMSIZ = 16;

/** One part of a key or a value, padded to registers of 4 bytes. */
function registers(part: string): Buffer {
  if (part.startsWith('"')) return padded(Buffer.from(part.slice(1, -1)), IFNAMSIZ);
  const protocol = PROTOCOLS[part];
  if (protocol !== undefined) return padded(Buffer.from([protocol]), 4);
  const [address = ''] = part.split('/');
  if (hasIpv6Form(address)) return ipv6AddressBytes(address);
  if (address.includes('.')) return Buffer.from(address.split('.').map(Number));
  return padded(Buffer.from([Number(part) >> 8, Number(part) & 255]), 4);
}

function padded(bytes: Buffer, length: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]);
}

/** A published port in its `kernelForm`, for people: `published tcp . 80 : 10.0.0.2 . 80`. */
export function readable(form: string): string {
  const [set = '', key = '', value = ''] = form.split(' ');
  const data = Buffer.from(key, 'hex');
  const at = data.length - 8;
  const number = data[at] ?? 0;
  const protocol = Object.keys(PROTOCOLS).find((name) => PROTOCOLS[name] === number) ?? `${number}`;
  const address = at > 0 ? `${addressIn(data.subarray(0, at))} . ` : '';
  const target = Buffer.from(value, 'hex');
  const end = target.length - 4;
  const port = data.readUInt16BE(at + 4);
  return `${set} ${address}${protocol} . ${port} : ${addressIn(target.subarray(0, end))} . ${target.readUInt16BE(end)}`;
}

function addressIn(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  return normalizeAddress(bytes.toString('hex').replace(/(.{4})(?!$)/g, '$1:'));
}
