import type { ContainerConfig, ContainerUpdate, OciResources, ResourceSettings } from '../contracts/index.js';
import { blockIo } from './block-io.js';

export interface SpecResources extends Partial<ResourceSettings> {
  readonly memory: number;
  /** False where the kernel counts no swap. */
  readonly limitsSwap: boolean;
}

/** The kernel's default. */
const CPU_PERIOD_US = 100_000;
const UNLIMITED = -1;
/** The kernel's maximum: crun has no value for no limit. */
const PID_MAX_LIMIT = 4_194_304;

/** The least and the most weight that the kernel knows. */
const [FEWEST_SHARES, MOST_SHARES] = [2, 262_144];

/** The limits of a container as runtimes read them, at start and on update. */
export function cgroupLimits(resources: SpecResources): Omit<OciResources, 'devices'> {
  const { pidsLimit = 0 } = resources;
  const io = blockIo(resources.blkioWeight, resources.deviceLimits);
  const [memory, cpu] = [memoryLimits(resources), cpuLimits(resources)];
  return {
    ...(Object.keys(memory).length > 0 && { memory }),
    ...(pidsLimit > 0 && { pids: { limit: pidsLimit } }),
    ...(Object.keys(cpu).length > 0 && { cpu }),
    ...(io && { blockIO: io }),
  };
}

function memoryLimits(resources: SpecResources): NonNullable<OciResources['memory']> {
  const { memory, memorySwap = 0, limitsSwap, memoryReservation: reservation = 0, memorySwappiness } = resources;
  const swap = memorySwap === 0 ? 2 * memory : memorySwap;
  return {
    ...(memory > 0 && { limit: memory, ...(limitsSwap && { swap }) }),
    ...(reservation > 0 && { reservation }),
    ...(memorySwappiness !== undefined && { swappiness: memorySwappiness }),
    ...(resources.oomKillDisable && { disableOOMKiller: true }),
  };
}

function cpuLimits(resources: SpecResources): NonNullable<OciResources['cpu']> {
  const { cpus = 0, cpuShares: shares = 0, cpuQuota, cpuPeriod, cpusetCpus, cpusetMems } = resources;
  const { cpuRealtimePeriod: realtimePeriod, cpuRealtimeRuntime: realtimeRuntime } = resources;
  return {
    ...(shares > 0 && { shares: Math.min(Math.max(shares, FEWEST_SHARES), MOST_SHARES) }),
    ...(cpuQuota && { quota: cpuQuota }),
    ...(cpuPeriod && { period: cpuPeriod }),
    ...(cpus > 0 && { quota: Math.round(cpus * CPU_PERIOD_US), period: CPU_PERIOD_US }),
    ...(realtimePeriod && { realtimePeriod }),
    ...(realtimeRuntime && { realtimeRuntime }),
    ...(cpusetCpus && { cpus: cpusetCpus }),
    ...(cpusetMems && { mems: cpusetMems }),
  };
}

/** The limits to send to the runtime of a running container, those that are lifted included. */
export function changedLimits(
  changes: ContainerUpdate,
  config: ContainerConfig,
  limitsSwap: boolean,
): Omit<OciResources, 'devices'> {
  // Limits of single devices cannot be updated.
  const limits = cgroupLimits({ ...config, deviceLimits: [], limitsSwap });
  return {
    ...limits,
    ...(changes.memory === 0 && {
      memory: { ...limits.memory, limit: UNLIMITED, ...(limitsSwap && { swap: UNLIMITED }) },
    }),
    ...(changes.pidsLimit === 0 && { pids: { limit: PID_MAX_LIMIT } }),
    ...(changes.cpus === 0 && { cpu: { ...limits.cpu, quota: UNLIMITED, period: CPU_PERIOD_US } }),
  };
}
