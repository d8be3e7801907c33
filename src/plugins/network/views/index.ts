/**
 * Networks as commands show them: lists, filters, inspect, completion. Imports `addresses`, `contracts` and `host`,
 * and reads networks through the token `Networks` alone.
 */
export { describeNetwork } from './describe-network.js';
export { endpointId } from './endpoint-id.js';
export { filteredNetworks, type ListedNetwork, listedNetwork, NETWORK_FILTERS, networkRow } from './network-list.js';
export { prunableNetworks, unusedNetworks } from './unused-networks.js';
