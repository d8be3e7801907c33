import { createHash } from 'node:crypto';
import type { Config, Database } from '../../system/index.js';
import { listLinks } from '../host/index.js';
import { listLeasedPorts, listLeases, portMappings } from '../records/index.js';
import type { EndpointManager } from './endpoint-manager.js';
import { bridgeAlias, ownerMark } from './ownership.js';

/**
 * Name prefix of the bridges of user-defined networks. It depends on the engine's root, so that engines of one host
 * differ.
 */
export function bridgePrefix({ root }: Pick<Config, 'root'>): string {
  return `gn${createHash('sha256').update(root).digest('hex').slice(0, 3)}-`;
}

/**
 * Lists orphans, a line each: addresses and ports of containers that are not in `live`, links and bridges without a
 * row, published ports without a container. A start or an end that is in progress may show.
 */
export function findOrphans(
  { driver, networks }: EndpointManager,
  database: Database,
  config: Pick<Config, 'root'>,
  live: readonly string[],
): string[] {
  const leases = listLeases(database);
  const ports = listLeasedPorts(database);
  const isLost = ({ holder }: { readonly holder: string }): boolean => !live.includes(holder);
  const known = networks.list();
  const links = listLinks(driver.netlink);
  const ownBridges = new Set(known.map(({ bridge }) => bridge));
  const [prefix, ownAlias] = [bridgePrefix(config), bridgeAlias(ownerMark(config.root))];
  const bridges = links.filter(
    ({ name, alias }) => name.startsWith(prefix) || alias === ownAlias || ownBridges.has(name),
  );
  const onBridge = new Set(bridges.map(({ index }) => index));
  const ownLinks = new Set(leases.map(({ link }) => link));
  return [
    ...leases.filter(isLost).map(({ holder, address }) => `address ${address} of container ${holder}`),
    ...ports.filter(isLost).map(({ holder, protocol, port }) => `port ${port}/${protocol} of container ${holder}`),
    ...bridges.filter(({ name }) => !ownBridges.has(name)).map(({ name }) => `bridge ${name}`),
    ...links
      .filter(({ name, master }) => master !== undefined && onBridge.has(master) && !ownLinks.has(name))
      .map(({ name }) => `link ${name}`),
    ...driver.firewall.unknownElements(portMappings(database)).map((element) => `published port ${element}`),
  ];
}
