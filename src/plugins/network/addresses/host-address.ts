import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { GantryError } from '../../../kernel/index.js';

export const EVERY_IPV4 = '0.0.0.0';
export const EVERY_IPV6 = '::';

/**
 * Brings an address into one form, so that texts of equal addresses are equal. An IPv4-mapped IPv6 address becomes
 * IPv4.
 * @throws GantryError `invalid`
 */
export function normalizeAddress(address: string): string {
  if (isIPv4(address)) return address;
  if (!isIPv6(address) || address.includes('%')) throw new GantryError('invalid', `invalid IP address: ${address}`);
  const normal = new SocketAddress({ address, family: 'ipv6' }).address;
  return /^::ffff:([\d.]+)$/.exec(normal)?.[1] ?? normal;
}

export function hasIpv6Form(address: string): boolean {
  return address.includes(':');
}

/** Lists the addresses that a port is bound to: all of both families where none is named. */
export function bindAddresses(asked: string | undefined): readonly string[] {
  return asked === undefined ? [EVERY_IPV4, EVERY_IPV6] : [normalizeAddress(asked)];
}

/** Whether one port cannot be bound on both addresses. */
export function addressesOverlap(one: string, other: string): boolean {
  if (hasIpv6Form(one) !== hasIpv6Form(other)) return false;
  return one === other || [EVERY_IPV4, EVERY_IPV6].some((every) => every === one || every === other);
}

/** `127.0.0.1:8080`, `[::1]:8080`. @param port a number, or a range: `80-90` */
export function socketAddress(address: string, port: number | string): string {
  return `${hasIpv6Form(address) ? `[${address}]` : address}:${port}`;
}

/** The 16 bytes of an IPv6 address in its normal form. */
export function ipv6AddressBytes(address: string): Buffer {
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const groups = [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail];
  const bytes = Buffer.alloc(16);
  for (const [index, group] of groups.entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  return bytes;
}
