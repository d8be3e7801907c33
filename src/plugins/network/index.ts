import { definePlugin, provide } from '../../kernel/index.js';
import { Config, Database, Events, Log } from '../system/index.js';
import { NetworkManager, Networks, type PortBinding, type PublishedPort } from './contracts/index.js';

export { parsePortSpec, socketAddress } from './addresses/index.js';
export {
  type Endpoint,
  type EndpointSettings,
  type Lease,
  NetworkManager,
  Networks,
  type PortBinding,
  type PublishedPort,
} from './contracts/index.js';
export { describeNetwork, endpointId, listedNetwork, prunableNetworks, unusedNetworks } from './views/index.js';

/**
 * Throws the error that starting a container with these ports would end in, while others hold theirs.
 * @throws GantryError `unavailable`
 */
export async function refuseTakenPorts(
  requests: readonly PortBinding[],
  held: readonly PublishedPort[],
): Promise<void> {
  (await import('./records/port-allocator.js')).refuseTakenPorts(requests, held);
}

/** Networks, addresses, and published ports. */
export const network = definePlugin({
  id: 'network',
  api: 1,
  requires: [Config, Database, Events, Log],
  provides: [
    provide(NetworkManager, async () => (await import('./services/network-manager.js')).BridgeNetworkManager, {
      effects: async () => ({ describe: 'read', orphans: 'read' }),
    }),
    provide(Networks, async () => (await import('./services/networks.js')).UserNetworks, {
      effects: async () => (await import('./services/networks-dry-run.js')).NETWORKS_EFFECTS,
    }),
  ],
  checks: { networks: async () => (await import('./services/network-check.js')).NetworkCheck },
  values: {
    network: async () => (await import('./views/network-names.js')).NetworkNames,
    'network-mode': async () => (await import('./views/network-names.js')).NetworkModes,
  },
  events: ['network create', 'network connect', 'network disconnect', 'network destroy'],
  groups: { network: 'Manage networks' },
  commands: {
    'network create': async () => (await import('./commands/create.js')).NetworkCreate,
    'network ls|network list': async () => (await import('./commands/ls.js')).NetworkLs,
    'network inspect': async () => (await import('./commands/inspect.js')).NetworkInspect,
    'network rm|network remove': async () => (await import('./commands/rm.js')).NetworkRm,
    'network prune': async () => (await import('./commands/prune.js')).NetworkPrune,
  },
});
