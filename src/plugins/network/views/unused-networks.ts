import { type Filters, meetsPruneFilters, type Prunable } from '../../../kernel/index.js';
import type { Network, Networks } from '../contracts/index.js';

/**
 * User-defined networks without endpoints of containers, running or not.
 * @param gone containers that are removed as well
 */
export function unusedNetworks(
  networks: Pick<Networks, 'list' | 'endpoints'>,
  filters: Filters,
  gone: ReadonlySet<string> = new Set(),
): Network[] {
  return networks
    .list()
    .filter(
      ({ id, isDefault }) => !isDefault && networks.endpoints({ network: id }).every(({ holder }) => gone.has(holder)),
    )
    .filter((network) => meetsPruneFilters(filters, network));
}

export function prunableNetworks(networks: Pick<Networks, 'remove'>, unused: readonly Network[]): Prunable {
  const names = unused.map(({ name }) => name);
  return {
    heading: 'Networks',
    asked: names.map((name) => `network ${name}`),
    deleted: names,
    remove: async () => {
      for (const { id } of unused) await networks.remove(id);
      return undefined;
    },
  };
}
