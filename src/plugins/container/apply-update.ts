import { GantryError } from '../../kernel/index.js';
import type { ContainerConfig, ContainerUpdate } from './contracts.js';
import type { OciResources } from './oci.js';
import { CPU_PERIOD_US, cgroupLimits } from './spec.js';

const UNLIMITED = -1;
/** As many as a kernel can have: crun has no word for more. */
const PID_MAX_LIMIT = 4_194_304;

/** @throws GantryError `conflict`, in Docker's words, where what is asked for does not go with what stays */
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

/** What a runtime is told for a container that runs: the limits of now, and those that are lifted. */
export function changedLimits(
  changes: ContainerUpdate,
  config: ContainerConfig,
  limitsSwap: boolean,
): Omit<OciResources, 'devices'> {
  const limits = cgroupLimits({ ...config, limitsSwap });
  return {
    ...limits,
    ...(changes.memory === 0 && { memory: { limit: UNLIMITED, ...(limitsSwap && { swap: UNLIMITED }) } }),
    ...(changes.pidsLimit === 0 && { pids: { limit: PID_MAX_LIMIT } }),
    ...(changes.cpus === 0 && { cpu: { ...limits.cpu, quota: UNLIMITED, period: CPU_PERIOD_US } }),
  };
}
