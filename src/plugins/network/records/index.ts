/**
 * Rows of networks, endpoints, leased addresses and ports, and the allocators that choose among them. Imports
 * `addresses`, `contracts` and `host`. SQL is written here, and in the joins of `names`.
 */
export { type AddressLease, EndpointRecords, type RequestedAddress } from './endpoint-records.js';
export { AddressPool, releaseAddresses } from './ipam.js';
export { listLeasedPorts, listLeaseHolders, listLeases } from './lease-list.js';
export { NetworkRecords } from './network-records.js';
export { NetworkSettings } from './network-settings.js';
export { PortAllocator } from './port-allocator.js';
export { portMappings } from './port-mappings.js';
export { MIGRATIONS } from './schema.js';
