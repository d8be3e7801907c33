import { createHash } from 'node:crypto';
import {
  booleanFilter,
  type Filters,
  GantryError,
  goTime,
  meets,
  meetsLabels,
  namePattern,
} from '../../../kernel/index.js';
import type { Network, Networks } from '../contracts/index.js';
import { hostIpv6Mode } from '../host/index.js';

/** A network as commands show it: one of the engine, or one of the modes `host` and `none`. */
export interface ListedNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: 'bridge' | 'host' | 'null';
  readonly isBuiltIn: boolean;
  /** Undefined for `host` and `none`. */
  readonly network: Network | undefined;
}

/** Filters of `network ls --filter`. */
export const NETWORK_FILTERS = ['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type'];

/** The modes `host` and `none`, with ids as stable as those of networks. */
const networkModes = (): ListedNetwork[] =>
  (['host', 'none'] as const).map((name) => {
    const id = createHash('sha256').update(`network ${name}`).digest('hex');
    return { id, name, driver: name === 'host' ? 'host' : 'null', isBuiltIn: true, network: undefined };
  });

/** All, by name. */
function listedNetworks(networks: Pick<Networks, 'list'>): ListedNetwork[] {
  return [...networks.list().map(listed), ...networkModes()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** By name, id, or unambiguous id prefix. @throws GantryError as `Networks.get` */
export function listedNetwork(networks: Pick<Networks, 'get'>, reference: string): ListedNetwork {
  const isMeant = ({ id, name }: ListedNetwork): boolean =>
    reference === name || (reference.length >= 4 && id.startsWith(reference));
  return networkModes().find(isMeant) ?? listed(networks.get(reference));
}

function listed(network: Network): ListedNetwork {
  return { id: network.id, name: network.name, driver: 'bridge', isBuiltIn: network.isDefault, network };
}

/** @throws GantryError `invalid` for a value that no network could meet */
export function filteredNetworks(networks: Pick<Networks, 'list' | 'endpoints'>, filters: Filters): ListedNetwork[] {
  refuseOthers(filters, 'type', ['builtin', 'custom']);
  const dangling = booleanFilter(filters, 'dangling');
  const names = filters.get('name')?.map((value) => namePattern(value));
  const isUnused = ({ id, isBuiltIn }: ListedNetwork): boolean =>
    !isBuiltIn && networks.endpoints({ network: id }).length === 0;
  return listedNetworks(networks).filter(
    (one) =>
      meets(filters, 'id', (value) => one.id.startsWith(value)) &&
      (names?.some((matches) => matches(one.name)) ?? true) &&
      meets(filters, 'driver', (value) => value === one.driver) &&
      meets(filters, 'scope', (value) => value === 'local') &&
      meets(filters, 'type', (value) => (value === 'builtin') === one.isBuiltIn) &&
      (dangling === undefined || dangling === isUnused(one)) &&
      meetsLabels(filters, one.network?.labels ?? {}),
  );
}

function refuseOthers(filters: Filters, name: string, values: readonly string[]): void {
  const odd = filters.get(name)?.find((value) => !values.includes(value));
  if (odd !== undefined) {
    throw new GantryError('invalid', `invalid filter '${name}=${odd}'`, { hint: `Give one of ${values.join(', ')}` });
  }
}

/** A network under the field names of Docker's `--format`. */
export function networkRow({ id, name, driver, network }: ListedNetwork, shownId: string) {
  const labels = network?.labels ?? {};
  return {
    CreatedAt: network ? goTime(network.created) : '',
    Driver: driver,
    ID: shownId || id,
    IPv4: String(network !== undefined),
    IPv6: String(network !== undefined && network.ipv6Subnet !== '' && hostIpv6Mode() !== 'none'),
    Internal: String(network?.internal ?? false),
    Label: (key: string) => (Object.hasOwn(labels, key) ? (labels[key] ?? '') : ''),
    Labels: Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    Name: name,
    Scope: 'local',
  };
}
