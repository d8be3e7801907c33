import { isIPv4, isIPv6 } from 'node:net';
import { GantryError } from '../../../kernel/index.js';
import {
  addressToInteger,
  containerIpv6,
  defaultIpv6Subnet,
  gatewayOf,
  integerToAddress,
  isInIpv6Subnet,
  networkRange,
  normalizeAddress,
  parseIpv6Subnet,
} from '../addresses/index.js';
import type { Network, NetworkOptions } from '../contracts/index.js';

type Addresses = Pick<Network, 'gateway' | 'ipv6Subnet' | 'ipv6Gateway' | 'ipRange' | 'auxAddresses'>;

/**
 * What a new network has beside its IPv4 subnet: as asked for, or the usual.
 * @param others the networks that there are: no two have one IPv6 subnet
 * @throws GantryError `invalid`, `conflict`
 */
export function networkAddresses(
  id: string,
  subnet: string,
  { gateway: asked, ipv6Subnet: askedIpv6, ipv6Gateway, ipRange, auxAddresses = {} }: Partial<NetworkOptions>,
  others: readonly Network[],
): Addresses {
  const gateway = resolveGateway(subnet, asked);
  const ipv6Subnet = askedIpv6 ? parseIpv6Subnet(askedIpv6) : (askedIpv6 ?? defaultIpv6Subnet(id));
  refuseOverlap(ipv6Subnet, others);
  for (const address of Object.values(auxAddresses)) checkAux(address, subnet, ipv6Subnet);
  return {
    gateway,
    ipv6Subnet,
    ipv6Gateway: ipv6Subnet === '' ? '' : resolveIpv6Gateway(ipv6Subnet, subnet, ipv6Gateway, gateway),
    ipRange: ipRange === undefined ? undefined : checkRange(ipRange, subnet),
    auxAddresses: Object.fromEntries(
      Object.entries(auxAddresses).map(([name, address]) => [name, normalizeAddress(address)]),
    ),
  };
}

function resolveGateway(subnet: string, asked: string | undefined): string {
  if (asked === undefined) return gatewayOf(networkRange(subnet));
  if (isIPv4(asked) && isUsable(asked, subnet)) return asked;
  throw outside('gateway', asked, subnet);
}

function resolveIpv6Gateway(ipv6Subnet: string, subnet: string, asked: string | undefined, gateway: string): string {
  const usual = containerIpv6(ipv6Subnet, gateway);
  if (asked === undefined || normalizeAddress(asked) === usual) return usual;
  if (!isIPv6(asked) || !isInIpv6Subnet(asked, ipv6Subnet)) throw outside('gateway', asked, ipv6Subnet);
  const address = normalizeAddress(asked);
  // What ends in an address of the IPv4 subnet is a container's.
  const { first, size } = networkRange(subnet);
  const isTaken = Array.from({ length: Math.min(size, 2 ** 16) }, (_, index) => integerToAddress(first + index)).some(
    (one) => containerIpv6(ipv6Subnet, one) === address,
  );
  if (!isTaken) return address;
  throw new GantryError('invalid', `invalid gateway ${asked}: a container may get it`, {
    hint: `The usual one is ${usual}`,
  });
}

function checkRange(ipRange: string, subnet: string): string {
  const range = networkRange(ipRange);
  const normal = `${integerToAddress(range.first)}/${range.prefixLength}`;
  if (normal !== ipRange) throw new GantryError('invalid', `invalid ip-range ${ipRange}: it should be ${normal}`);
  const whole = networkRange(subnet);
  if (range.first < whole.first || range.last > whole.last) throw outside('range', ipRange, subnet);
  return ipRange;
}

function checkAux(address: string, subnet: string, ipv6Subnet: string): void {
  const isInside = isIPv4(address)
    ? isUsable(address, subnet)
    : isIPv6(address) && ipv6Subnet !== '' && isInIpv6Subnet(normalizeAddress(address), ipv6Subnet);
  if (!isInside) throw outside('aux-address', address, subnet);
}

function isUsable(address: string, subnet: string): boolean {
  const { first, last } = networkRange(subnet);
  return addressToInteger(address) > first && addressToInteger(address) < last;
}

function outside(what: string, value: string, subnet: string): GantryError {
  return new GantryError('invalid', `no matching subnet for ${what} ${value}`, { hint: `Give one of ${subnet}` });
}

function refuseOverlap(ipv6Subnet: string, others: readonly Network[]): void {
  const other = others.find((network) => ipv6Subnet !== '' && network.ipv6Subnet === ipv6Subnet);
  if (!other) return;
  throw new GantryError(
    'conflict',
    `invalid pool request: Pool overlaps with other one on this address space: ${ipv6Subnet} and network ${other.name}`,
  );
}
