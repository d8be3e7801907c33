import { GantryError } from '../../../kernel/index.js';
import type { ContainerConfig, ContainerUpdate } from '../contracts/index.js';
import { checkMemoryLimits } from '../limits/index.js';

/**
 * Merges changes into a configuration.
 * @throws GantryError `conflict`, in Docker's words, where they contradict settings that stay
 */
export function applyUpdate(config: ContainerConfig, changes: ContainerUpdate): ContainerConfig {
  // Without a limit of memory there is none of swap.
  const next = { ...config, ...(changes.memory === 0 && { memorySwap: 0 }), ...changes };
  if (config.autoRemove && next.restart.name !== 'no') {
    throw new GantryError(
      'conflict',
      'Restart policy cannot be updated because AutoRemove is enabled for the container',
    );
  }
  if (changes.memory !== undefined && config.memorySwap > 0 && !changes.memorySwap && next.memorySwap < next.memory) {
    throw new GantryError('conflict', 'Memory limit should be smaller than already set memoryswap limit', {
      hint: 'Update the memoryswap at the same time',
    });
  }
  checkMemoryLimits(next);
  refuseTwoWords(config, changes);
  return next;
}

/** Processors in numbers, and as period and quota. */
function refuseTwoWords(config: ContainerConfig, changes: ContainerUpdate): void {
  for (const [what, setting] of [
    ['CPU Period', 'cpuPeriod'],
    ['CPU Quota', 'cpuQuota'],
  ] as const) {
    if (config.cpus > 0 && changes[setting]) {
      const message = `Conflicting options: ${what} cannot be updated as NanoCPUs has already been set`;
      throw new GantryError('conflict', message);
    }
    if (config[setting] && changes.cpus) {
      const message = `Conflicting options: Nano CPUs cannot be updated as ${what} has already been set`;
      throw new GantryError('conflict', message);
    }
  }
}
