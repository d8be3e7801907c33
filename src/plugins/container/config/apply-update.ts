import { GantryError } from '../../../kernel/index.js';
import type { ContainerConfig, ContainerUpdate } from '../contracts/index.js';

/**
 * Merges changes into a configuration.
 * @throws GantryError `conflict`, in Docker's words, where they contradict settings that stay
 */
export function applyUpdate(config: ContainerConfig, changes: ContainerUpdate): ContainerConfig {
  const next = { ...config, ...changes };
  if (config.autoRemove && next.restart.name !== 'no') {
    throw new GantryError(
      'conflict',
      'Restart policy cannot be updated because AutoRemove is enabled for the container',
    );
  }
  if (next.memorySwap > 0 && next.memorySwap < next.memory) {
    throw new GantryError('conflict', 'Memory limit should be smaller than already set memoryswap limit', {
      hint: 'Update the memoryswap at the same time',
    });
  }
  return next;
}
