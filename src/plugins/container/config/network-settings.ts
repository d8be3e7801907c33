import { GantryError } from '../../../kernel/index.js';
import { checkLookupName } from '../../../sysinit/files.js';
import type { EndpointOptions } from '../contracts/index.js';
import { NetworkFlags } from '../flags/index.js';
import { containerMode, hasNetwork, parseContainerMode, parseLink } from '../parsers/index.js';

/** @throws GantryError `invalid` in Docker's words, for flags that contradict each other */
export function checkNetworkFlags(options: NetworkFlags): void {
  const { network, hostname, publish, publishAll } = options;
  if (network === containerMode('')) throw new GantryError('usage', 'invalid container format container:<name|id>');
  if (parseContainerMode(network) === undefined) return;
  const ofNetworkContainer = [
    [hostname !== '', 'hostname'],
    [options.addHost.length > 0, 'custom host-to-IP mapping'],
    [options.dns.length + options.dnsSearch.length > 0, 'dns'],
  ] as const;
  for (const [isGiven, what] of ofNetworkContainer) {
    if (isGiven) throw new GantryError('invalid', `conflicting options: ${what} and the network mode`);
  }
  if (publish.length > 0 || publishAll) {
    throw new GantryError('invalid', 'conflicting options: port publishing and the container type network mode', {
      hint: 'Publish ports of the container that has the network',
    });
  }
}

/** @throws GantryError `invalid`, `usage` */
export function endpointOptions(options: NetworkFlags): EndpointOptions | undefined {
  const { networkAlias: aliases, ip, macAddress, link } = options;
  const isPlain = aliases.length === 0 && ip === '' && macAddress === '' && link.length === 0;
  if (isPlain) return undefined;
  if (!hasNetwork(options.network)) {
    throw new GantryError(
      'invalid',
      `conflicting options: addresses and names on a network, and --network ${options.network}`,
    );
  }
  if (aliases.length > 0 && options.network === 'bridge') {
    throw new GantryError('invalid', 'network-scoped alias is supported only for containers in user defined networks', {
      hint: 'Make one with `docker network create`',
    });
  }
  for (const alias of aliases) checkLookupName(alias);
  return { aliases, links: link.map(parseLink), ...(ip && { address: ip }), ...(macAddress && { macAddress }) };
}
