import { definePlugin, provide } from '../../kernel/index.js';
import { Config, Database, Log } from '../system/index.js';
import { NetworkManager, type PortRequest, type PublishedPort } from './contracts.js';

export { type Lease, NetworkManager, type PortRequest, type PublishedPort } from './contracts.js';
export { parsePublish } from './publish.js';

/** What starting a container with these ports would be refused with, while others hold theirs. @throws GantryError `unavailable` */
export async function refuseTakenPorts(
  requests: readonly PortRequest[],
  held: readonly PublishedPort[],
): Promise<void> {
  (await import('./ports.js')).refuseTakenPorts(requests, held);
}

/** The bridge, its addresses, and published ports. */
export const network = definePlugin({
  id: 'network',
  api: 1,
  requires: [Config, Database, Log],
  provides: [
    provide(NetworkManager, async () => (await import('./network-manager.js')).BridgeNetworkManager, {
      effects: async () => ({ describe: 'read' }),
    }),
  ],
});
