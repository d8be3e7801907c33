/**
 * The bridge driver: bridges and subnets, joining a container to them, reconciling the host with the rows, finding
 * orphans. Imports `addresses`, `contracts`, `firewall`, `host`, `names` and `records`; decides nothing that a user
 * asks for.
 */
export { checkBridgeName, checkMtu, IPV4_MIN_MTU, IPV6_MIN_MTU } from './bridge-device.js';
export { chooseSubnet } from './choose-subnet.js';
export { EndpointManager } from './endpoint-manager.js';
export { bridgePrefix, findOrphans } from './orphans.js';
export { Reconciler } from './reconciler.js';
