import { availableParallelism } from 'node:os';
import { GantryError, parseSize } from '../../../kernel/index.js';
import type { ContainerUpdate, LimitSettings } from '../contracts/index.js';
import type { LimitFlags } from '../flags/index.js';
import { parseCpuCount } from './cpu-count.js';
import { checkCpuset } from './cpuset.js';
import { MINIMUM_MEMORY, parseMemory } from './memory-limit.js';

/** Microseconds, of the kernel. */
const SHORTEST_MS = 1000;
const LONGEST_PERIOD = 1_000_000;

/**
 * The limits that were given, and no others.
 * @throws GantryError `usage`, `invalid`, in Docker's words
 */
export function limitSettings(options: LimitFlags): ContainerUpdate {
  const { cpuShares, pidsLimit, cpuPeriod, cpuQuota, cpuRtPeriod, cpuRtRuntime, cpusetCpus, cpusetMems } = options;
  const given: ContainerUpdate = {
    ...(options.memory !== undefined && { memory: parseMemory(options.memory) }),
    ...(options.memorySwap !== undefined && { memorySwap: parseSwap(options.memorySwap) }),
    ...(options.memoryReservation !== undefined && { memoryReservation: parseReservation(options.memoryReservation) }),
    ...(options.cpus !== undefined && { cpus: parseCpus(options.cpus) }),
    ...(cpuShares !== undefined && { cpuShares: checkCpuShares(cpuShares) }),
    ...(cpuPeriod !== 0 && { cpuPeriod }),
    ...(cpuQuota !== 0 && { cpuQuota }),
    ...(cpuRtPeriod !== 0 && { cpuRealtimePeriod: cpuRtPeriod }),
    ...(cpuRtRuntime !== 0 && { cpuRealtimeRuntime: cpuRtRuntime }),
    ...(cpusetCpus !== '' && { cpusetCpus: checkCpuset('cpus', cpusetCpus) }),
    ...(cpusetMems !== '' && { cpusetMems: checkCpuset('mems', cpusetMems) }),
    ...(pidsLimit !== undefined && { pidsLimit: checkPidsLimit(pidsLimit) }),
    ...(options.blkioWeight !== 0 && { blkioWeight: checkWeight(options.blkioWeight) }),
  };
  checkCpuTimes(given);
  return given;
}

/** @throws GantryError `invalid` for limits of one container that contradict each other */
export function checkMemoryLimits({ memory, memorySwap, memoryReservation = 0 }: LimitSettings): void {
  if (memorySwap > 0 && memory === 0) {
    throw invalid('You should always set the Memory limit when using Memoryswap limit');
  }
  if (memorySwap > 0 && memorySwap < memory) {
    throw invalid('Minimum memoryswap limit should be larger than memory limit');
  }
  if (memory > 0 && memory < memoryReservation) {
    throw invalid('Minimum memory limit can not be less than memory reservation limit');
  }
}

function checkCpuTimes({ cpus = 0, cpuPeriod = 0, cpuQuota = 0, ...realtime }: ContainerUpdate): void {
  if (cpus > 0 && cpuPeriod !== 0) throw invalid('Conflicting options: Nano CPUs and CPU Period cannot both be set');
  if (cpus > 0 && cpuQuota !== 0) throw invalid('Conflicting options: Nano CPUs and CPU Quota cannot both be set');
  if (cpuPeriod !== 0 && (cpuPeriod < SHORTEST_MS || cpuPeriod > LONGEST_PERIOD)) {
    throw invalid('CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)');
  }
  if (cpuQuota > 0 && cpuQuota < SHORTEST_MS) throw invalid('CPU cfs quota can not be less than 1ms (i.e. 1000)');
  const { cpuRealtimePeriod: period = 0, cpuRealtimeRuntime: runtime = 0 } = realtime;
  if (period < 0 || runtime < 0) throw invalid('CPU real-time period and runtime must be positive');
  if (period > 0 && runtime > period) throw invalid('cpu real-time runtime cannot be higher than cpu real-time period');
}

/** 0: no such setting; -1: no limit. */
function parseSwap(value: string): number {
  return value === '-1' ? -1 : parseSize(value, '--memory-swap');
}

function parseReservation(value: string): number {
  const bytes = parseSize(value, '--memory-reservation');
  if (bytes > 0 && bytes < MINIMUM_MEMORY) throw invalid('Minimum memory reservation allowed is 6MB');
  return bytes;
}

function parseCpus(value: string): number {
  const cpus = parseCpuCount(value);
  const most = availableParallelism();
  if (cpus === 0 || (cpus >= 0.01 && cpus <= most)) return cpus;
  throw invalid(`range of CPUs is from 0.01 to ${most}.00, as there are only ${most} CPUs available`);
}

/** The kernel takes the nearest value from 2 to 262144. */
function checkCpuShares(shares: number): number {
  if (shares < 0) throw invalid(`CPU shares must be positive: ${shares}`);
  return shares;
}

/** -1 and 0 both mean no limit. */
function checkPidsLimit(limit: number): number {
  if (limit < -1) throw invalid(`the limit of processes must be positive, or -1 for none: ${limit}`);
  return Math.max(0, limit);
}

function checkWeight(weight: number): number {
  if (weight < 10 || weight > 1000) throw invalid('Range of blkio weight is from 10 to 1000');
  return weight;
}

function invalid(message: string): GantryError {
  return new GantryError('invalid', message);
}
