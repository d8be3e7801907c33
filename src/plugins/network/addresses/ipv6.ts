import { isIPv6 } from 'node:net';
import { GantryError } from '../../../kernel/index.js';
import { ipv6AddressBytes, normalizeAddress } from './host-address.js';
import { addressToInteger } from './ipv4.js';

/** Bits of the network's part of an address. */
export const PREFIX_LENGTH = 64;

/** The subnet of a network that was given none: a unique local /64 (RFC 4193) derived from its id. */
export function defaultIpv6Subnet(networkId: string): string {
  const part = `fd${networkId.slice(0, 2)}:${networkId.slice(2, 6)}:${networkId.slice(6, 10)}`;
  return `${canonical(`${part}::`)}/${PREFIX_LENGTH}`;
}

/** An IPv6 subnet in its usual form. @throws GantryError `invalid` for what is none, or no /64 */
export function parseIpv6Subnet(cidr: string): string {
  const [address = '', length = ''] = cidr.split('/');
  if (!isIPv6(address) || !/^\d{1,3}$/.test(length) || cidr.split('/').length !== 2) {
    throw new GantryError('invalid', `invalid CIDR address: ${cidr}`);
  }
  if (Number(length) !== PREFIX_LENGTH) {
    throw new GantryError('invalid', `invalid IPv6 subnet: ${cidr}`, {
      hint: `Give a /${PREFIX_LENGTH}: an IPv6 address ends in the IPv4 one`,
    });
  }
  const bytes = ipv6AddressBytes(normalizeAddress(address));
  const subnet = `${addressOf(bytes.fill(0, PREFIX_LENGTH / 8))}/${PREFIX_LENGTH}`;
  if (normalizeAddress(address) !== subnet.split('/')[0]) {
    throw new GantryError('invalid', `invalid subnet ${cidr}: it should be ${subnet}`);
  }
  return subnet;
}

export function isInIpv6Subnet(address: string, subnet: string): boolean {
  const [prefix = ''] = subnet.split('/');
  const bytes = PREFIX_LENGTH / 8;
  return ipv6AddressBytes(address).subarray(0, bytes).equals(ipv6AddressBytes(prefix).subarray(0, bytes));
}

/** As nft and ip write it (RFC 5952), so that texts of one address are equal. */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function addressOf(bytes: Buffer): string {
  return canonical(bytes.toString('hex').replace(/(.{4})(?!$)/g, '$1:'));
}

/** A container's IPv6 address ends in its IPv4 address: one lease holds both. @param subnet the network's */
export function containerIpv6(subnet: string, address: string): string {
  return addressOf(containerIpv6Bytes(subnet, address));
}

/** The bytes of `containerIpv6`. */
export function containerIpv6Bytes(subnet: string, address: string): Buffer {
  const bytes = ipv6AddressBytes(subnet.split('/')[0] ?? '');
  bytes.writeUInt32BE(addressToInteger(address), 12);
  return bytes;
}

/** The address that a device makes of its MAC address (RFC 4291, modified EUI-64). */
export function linkLocalAddress(macAddress: string): string {
  const [first = 0, ...rest] = macAddress.split(':').map((byte) => Number.parseInt(byte, 16));
  const id = Buffer.from([first ^ 2, rest[0] ?? 0, rest[1] ?? 0, 0xff, 0xfe, ...rest.slice(2)]);
  return addressOf(Buffer.concat([Buffer.from('fe80000000000000', 'hex'), id]));
}
