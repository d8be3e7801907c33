import { GantryError } from '../../../kernel/index.js';

/** The addresses of a subnet, as unsigned 32-bit integers. */
export interface NetworkRange {
  readonly first: number;
  readonly last: number;
  readonly size: number;
  readonly prefixLength: number;
}

/** @throws GantryError `invalid` */
export function addressToInteger(address: string): number {
  const bytes = address.split('.');
  if (bytes.length !== 4 || !bytes.every((byte) => /^(0|[1-9]\d{0,2})$/.test(byte) && Number(byte) <= 255)) {
    throw new GantryError('invalid', `invalid IPv4 address: ${address}`);
  }
  return bytes.reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

export function integerToAddress(integer: number): string {
  return [24, 16, 8, 0].map((shift) => (integer >>> shift) & 255).join('.');
}

/** The range that contains an address in CIDR form. @throws GantryError `invalid` */
export function networkRange(cidr: string): NetworkRange {
  const [address = '', length = ''] = cidr.split('/');
  if (!/^\d{1,2}$/.test(length) || Number(length) > 32 || cidr.split('/').length !== 2) {
    throw new GantryError('invalid', `invalid CIDR address: ${cidr}`);
  }
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(addressToInteger(address) / size) * size;
  return { first, last: first + size - 1, size, prefixLength: Number(length) };
}

export function rangesOverlap(a: NetworkRange, b: NetworkRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** The first address after the network's own. */
export function gatewayOf(range: NetworkRange): string {
  return integerToAddress(range.first + 1);
}

/** Docker's rule: 02:42 and the address, so that a neighbour's ARP cache stays right when an address is reused. */
export function macAddressOf(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return ['02', '42', ...bytes].join(':');
}
