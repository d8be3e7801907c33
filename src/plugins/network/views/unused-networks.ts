import { type Filters, meets, meetsLabels } from '../../../kernel/index.js';
import { parseTimeFlag } from '../../system/index.js';
import type { Network, Networks } from '../contracts/index.js';

/** Filters of `network prune --filter`. */
export const NETWORK_PRUNE_FILTERS = ['label', 'until'];

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
    .filter(({ created }) =>
      meets(filters, 'until', (moment) => created.getTime() < parseTimeFlag(moment, '--filter until')),
    )
    .filter(({ labels }) => meetsLabels(filters, labels));
}
