import { readFileSync, writeFileSync } from 'node:fs';
import { addressToInteger } from './addresses.js';

/** Bits of the network's part of an address. */
export const PREFIX_LENGTH = 64;
export const AF_INET6 = 10;

/**
 * What IPv6 can do here. `host`: the host reaches containers, nobody else does, and they reach no one beyond it, since
 * it forwards no IPv6. That is the operator's to turn on: a host that forwards stops taking its router's word.
 */
export type Ipv6Mode = 'none' | 'host' | 'forwarded';

export function hostIpv6Mode(): Ipv6Mode {
  if (setting('default/disable_ipv6') !== '0' || setting('all/disable_ipv6') !== '0') return 'none';
  return setting('all/forwarding') === '1' ? 'forwarded' : 'host';
}

/** A network's own /64, a unique local one (RFC 4193) made of its id. */
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

/** The bytes of `ipv6Of`. */
export function containerIpv6Bytes(networkId: string, address: string): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.write(`fd${networkId.slice(0, 10)}`, 'hex');
  bytes.writeUInt32BE(addressToInteger(address), 12);
  return bytes;
}

/**
 * Before a device is up: no neighbour may talk it into a router or an address of its choice (CVE-2020-13401), and its
 * own addresses, which nobody else can have, are used at once.
 */
export function configureIpv6(device: string, isOn: boolean): void {
  for (const name of ['accept_ra', 'autoconf', 'accept_dad']) write(`${device}/${name}`, '0');
  write(`${device}/disable_ipv6`, isOn ? '0' : '1');
}

function setting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/net/ipv6/conf/${name}`, 'latin1').trim();
  } catch {
    return undefined;
  }
}

function write(name: string, value: string): void {
  if (setting(name) === value) return;
  try {
    writeFileSync(`/proc/sys/net/ipv6/conf/${name}`, value);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
