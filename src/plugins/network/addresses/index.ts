/**
 * IPv4, IPv6, CIDR and `-p` as pure functions. Imports `contracts`; touches no database, no file and no system call.
 */
export {
  addressesOverlap,
  bindAddresses,
  EVERY_IPV4,
  EVERY_IPV6,
  hasIpv6Form,
  ipv6AddressBytes,
  normalizeAddress,
  socketAddress,
} from './host-address.js';
export {
  addressToInteger,
  gatewayOf,
  integerToAddress,
  macAddressOf,
  type NetworkRange,
  networkRange,
  rangesOverlap,
} from './ipv4.js';
export {
  containerIpv6,
  containerIpv6Bytes,
  defaultIpv6Subnet,
  isInIpv6Subnet,
  linkLocalAddress,
  PREFIX_LENGTH,
  parseIpv6Subnet,
} from './ipv6.js';
export { parsePortSpec } from './port-spec.js';
