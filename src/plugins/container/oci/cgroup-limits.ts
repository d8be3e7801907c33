import type { ContainerConfig, ContainerUpdate, OciResources } from '../contracts/index.js';

export interface SpecResources {
  /** Bytes; 0: no limit. */
  readonly memory: number;
  /** Memory and swap, in bytes; 0 or absent: twice the memory; -1: no limit. */
  readonly memorySwap?: number;
  /** False where the kernel counts no swap. */
  readonly limitsSwap: boolean;
  /** Processes and threads; 0 or absent: no limit. */
  readonly pidsLimit?: number;
  readonly cpus?: number;
  readonly cpuShares?: number;
}

/** The kernel's default. */
const CPU_PERIOD_US = 100_000;
const UNLIMITED = -1;
/** The kernel's maximum: crun has no value for no limit. */
const PID_MAX_LIMIT = 4_194_304;

/** The limits of a container as runtimes read them, at start and on update. */
export function cgroupLimits(resources: SpecResources): Omit<OciResources, 'devices'> {
  const { memory, memorySwap = 0, limitsSwap, pidsLimit = 0, cpus = 0, cpuShares = 0 } = resources;
  const swap = memorySwap === 0 ? 2 * memory : memorySwap;
  return {
    ...(memory > 0 && { memory: { limit: memory, ...(limitsSwap && { swap }) } }),
    ...(pidsLimit > 0 && { pids: { limit: pidsLimit } }),
    ...((cpus > 0 || cpuShares > 0) && {
      cpu: {
        ...(cpuShares > 0 && { shares: cpuShares }),
        ...(cpus > 0 && { quota: Math.round(cpus * CPU_PERIOD_US), period: CPU_PERIOD_US }),
      },
    }),
  };
}

/** The limits to send to the runtime of a running container, those that are lifted included. */
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
