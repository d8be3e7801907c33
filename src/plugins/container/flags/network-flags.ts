import { Option } from '../../../kernel/index.js';
import { LifecycleFlags } from './lifecycle-flags.js';

/** Flags of `run` and `create`: networks, names on them, and published ports. */
export abstract class NetworkFlags extends LifecycleFlags {
  @Option('--network, --net', 'Connect a container to a network: its name, none, host or container:NAME', {
    type: 'string',
    shownDefault: 'bridge',
    complete: 'network-mode',
  })
  network = 'bridge';

  @Option('-h, --hostname', 'Container host name', { type: 'string' })
  hostname = '';

  @Option('--network-alias', 'Add network-scoped alias for the container', { type: 'list' })
  networkAlias: string[] = [];

  @Option('--ip', 'IPv4 address (e.g., 172.30.100.104)', { type: 'string' })
  ip = '';

  @Option('--mac-address', 'Container MAC address (e.g., 92:d0:c6:0a:29:33)', { type: 'string' })
  macAddress = '';

  @Option('--link', 'Add link to another container', { type: 'list', complete: 'running-container' })
  link: string[] = [];

  @Option('-p, --publish', "Publish a container's port(s) to the host", { type: 'list' })
  publish: string[] = [];

  @Option('-P, --publish-all', 'Publish all exposed ports to random ports')
  publishAll = false;
}
