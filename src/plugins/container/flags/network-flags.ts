import { Option } from '../../../kernel/index.js';
import { LifecycleFlags } from './lifecycle-flags.js';

/** Flags of `run` and `create`: networks, names on them, and published ports. */
export abstract class NetworkFlags extends LifecycleFlags {
  @Option('--network, --net', 'Connect a container to a network: its name, none, host or container:NAME', {
    type: 'list',
    value: 'network',
    shownDefault: 'bridge',
    complete: 'network-mode',
  })
  network: string[] = [];

  @Option('-h, --hostname', 'Container host name', { type: 'string' })
  hostname = '';

  @Option('--domainname', 'Container NIS domain name', { type: 'string' })
  domainname = '';

  @Option('--network-alias, --net-alias', 'Add network-scoped alias for the container', { type: 'list' })
  networkAlias: string[] = [];

  @Option('--ip', 'IPv4 address (e.g., 172.30.100.104)', { type: 'string' })
  ip = '';

  @Option('--ip6', 'IPv6 address (e.g., 2001:db8::33)', { type: 'string' })
  ip6 = '';

  @Option('--link-local-ip', 'Container IPv4/IPv6 link-local addresses', { type: 'list' })
  linkLocalIp: string[] = [];

  @Option('--mac-address', 'Container MAC address (e.g., 92:d0:c6:0a:29:33)', { type: 'string' })
  macAddress = '';

  @Option('--link', 'Add link to another container', { type: 'list', complete: 'running-container' })
  link: string[] = [];

  @Option('--expose', 'Expose a port or a range of ports', { type: 'list' })
  expose: string[] = [];

  @Option('-p, --publish', "Publish a container's port(s) to the host", { type: 'list' })
  publish: string[] = [];

  @Option('-P, --publish-all', 'Publish all exposed ports to random ports')
  publishAll = false;
}
