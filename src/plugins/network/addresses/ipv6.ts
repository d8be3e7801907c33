import { addressToInteger } from './ipv4.js';

/** Bits of the network's part of an address. */
export const PREFIX_LENGTH = 64;

/** The /64 of a network, a unique local one (RFC 4193) derived from its id. */
export function ipv6Prefix(networkId: string): string {
  return canonical(`${networkPart(networkId)}::`);
}

function networkPart(networkId: string): string {
  return `fd${networkId.slice(0, 2)}:${networkId.slice(2, 6)}:${networkId.slice(6, 10)}`;
}

/** As nft and ip write it (RFC 5952), so that texts of one address are equal. */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** A container's IPv6 address ends in its IPv4 address: one lease holds both. */
export function containerIpv6(networkId: string, address: string): string {
  const value = addressToInteger(address);
  return canonical(`${networkPart(networkId)}::${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`);
}

/** The bytes of `containerIpv6`. */
export function containerIpv6Bytes(networkId: string, address: string): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.write(`fd${networkId.slice(0, 10)}`, 'hex');
  bytes.writeUInt32BE(addressToInteger(address), 12);
  return bytes;
}
