import { GantryError } from '../../../kernel/index.js';
import { checkLookupName } from '../../../sysinit/files.js';
import type { ContainerConfig, EndpointOptions, NetworkAttachment } from '../contracts/index.js';
import { NetworkFlags } from '../flags/index.js';
import {
  containerMode,
  hasNetwork,
  type NetworkFlag,
  parseContainerMode,
  parseLink,
  parseNetworkFlag,
} from '../parsers/index.js';

const DEFAULT_NETWORK = 'bridge';

type NetworkSettings = Pick<ContainerConfig, 'network' | 'networkWishes' | 'moreNetworks'>;

/** @throws GantryError `usage`, `invalid` in Docker's words, also for flags that contradict each other */
export function networkSettings(options: NetworkFlags): NetworkSettings {
  const given = options.network.map(parseNetworkFlag);
  const [first = parseNetworkFlag(DEFAULT_NETWORK), ...more] = given;
  refuseMixture(given);
  checkMode(first.network, options);
  const wishes = firstEndpoint(first, options);
  return {
    network: first.network,
    ...(wishes && { networkWishes: wishes }),
    ...(more.length > 0 && {
      moreNetworks: more.map((flag): NetworkAttachment => ({ network: flag.network, ...endpointOf(flag) })),
    }),
  };
}

function refuseMixture(given: readonly NetworkFlag[]): void {
  const names = given.map(({ network }) => network);
  if (names.length > 1 && !names.every(hasNetwork)) {
    throw usage('conflicting options: cannot attach both user-defined and non-user-defined network-modes');
  }
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw usage(`network "${twice}" is specified multiple times`);
}

function checkMode(network: string, options: NetworkFlags): void {
  const { hostname, publish, publishAll, expose } = options;
  if (network === containerMode('')) throw usage('invalid container format container:<name|id>');
  if (parseContainerMode(network) === undefined) return;
  const ofNetworkContainer = [
    [hostname !== '', 'hostname'],
    [options.addHost.length > 0, 'custom host-to-IP mapping'],
    [options.dns.length + options.dnsSearch.length + options.dnsOption.length > 0, 'dns'],
  ] as const;
  for (const [isGiven, what] of ofNetworkContainer) {
    if (isGiven) throw new GantryError('invalid', `conflicting options: ${what} and the network mode`);
  }
  if (publish.length > 0 || publishAll) {
    throw new GantryError('invalid', 'conflicting options: port publishing and the container type network mode', {
      hint: 'Publish ports of the container that has the network',
    });
  }
  if (expose.length > 0) {
    throw new GantryError('invalid', 'conflicting options: port exposing and the container type network mode');
  }
}

/** The first network also has what the flags without a network say. Undefined where nothing is asked for. */
function firstEndpoint(flag: NetworkFlag, options: NetworkFlags): EndpointOptions | undefined {
  const both = (what: string): GantryError => usage(`conflicting options: cannot specify both ${what}`);
  const { networkAlias, ip, ip6, macAddress, link, linkLocalIp } = options;
  if (networkAlias.length > 0 && flag.aliases.length > 0) throw both('--network-alias and per-network alias');
  if (ip && flag.address) throw both('--ip and per-network IPv4 address');
  if (ip6 && flag.ip6) throw both('--ip6 and per-network IPv6 address');
  if (macAddress && flag.macAddress) throw both('--mac-address and per-network MAC address');
  if (linkLocalIp.length > 0 && flag.linkLocal.length > 0) {
    throw both('--link-local-ip and per-network link-local IP addresses');
  }
  // As in Docker, what has no network of its own has no such address either.
  const mac = hasNetwork(flag.network) ? macAddress : '';
  const merged: NetworkFlag = {
    ...flag,
    aliases: [...networkAlias, ...flag.aliases],
    linkLocal: [...linkLocalIp, ...flag.linkLocal],
    ...(ip && { address: ip }),
    ...(ip6 && { ip6 }),
    ...(mac && { macAddress: mac }),
  };
  const endpoint = { ...endpointOf(merged), links: link.map(parseLink) };
  const { aliases, links, ...others } = endpoint;
  if (aliases.length + links.length + Object.keys(others).length === 0) return undefined;
  if (hasNetwork(flag.network)) return endpoint;
  throw new GantryError(
    'invalid',
    `conflicting options: addresses and names on a network, and --network ${flag.network}`,
  );
}

function endpointOf(flag: NetworkFlag): EndpointOptions {
  const { network, aliases, address, ip6, macAddress, gatewayPriority } = flag;
  if (aliases.length > 0 && network === DEFAULT_NETWORK) {
    throw new GantryError('invalid', 'network-scoped alias is supported only for containers in user defined networks', {
      hint: 'Make one with `docker network create`',
    });
  }
  if (ip6 !== undefined) {
    const words =
      'user specified IP address is supported only when connecting to networks with user configured subnets';
    throw new GantryError('invalid', `invalid config for network ${network}: ${words}`, {
      hint: 'A container has an IPv6 address that follows from its IPv4 address: give that with --ip',
    });
  }
  if (flag.linkLocal.length > 0) throw unsupported('link-local addresses are not supported');
  if (flag.driverOptions.length > 0) throw unsupported(`the driver bridge has no options: ${flag.driverOptions[0]}`);
  for (const alias of aliases) checkLookupName(alias);
  return {
    ...{ aliases, links: [] },
    ...(address !== undefined && { address }),
    ...(macAddress !== undefined && { macAddress }),
    ...(gatewayPriority !== undefined && { gatewayPriority }),
  };
}

function usage(message: string): GantryError {
  return new GantryError('usage', message);
}

function unsupported(message: string): GantryError {
  return new GantryError('invalid', message);
}
