import { definePlugin, provide } from '../../kernel/index.js';
import { Config, Database, Log } from '../system/index.js';
import { NetworkManager } from './contracts.js';

export { type Lease, NetworkManager, type PortRequest, type PublishedPort } from './contracts.js';
export { parsePublish } from './publish.js';

/** The bridge, its addresses, and published ports. */
export const network = definePlugin({
  id: 'network',
  api: 1,
  requires: [Config, Database, Log],
  provides: [provide(NetworkManager, async () => (await import('./network-manager.js')).BridgeNetworkManager)],
});
