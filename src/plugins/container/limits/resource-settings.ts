import { GantryError, parseSize } from '../../../kernel/index.js';
import { DEFAULT_HOST_CONFIG, type OciRlimit, type ResourceSettings } from '../contracts/index.js';
import type { ResourceFlags } from '../flags/index.js';
import { checkRlimits, LIMIT_NAMES, NO_LIMIT } from '../host/index.js';
import { deviceLimits } from './device-limits.js';
import { checkMemoryLimits, limitSettings } from './limit-settings.js';

/** @throws GantryError `usage`, `invalid`, in Docker's words */
export function resourceSettings(options: ResourceFlags): ResourceSettings {
  const { oomScoreAdj, memorySwappiness, oomKillDisable, cgroupParent } = options;
  if (oomScoreAdj !== undefined && (oomScoreAdj < -1000 || oomScoreAdj > 1000)) {
    throw invalid(`Invalid value ${oomScoreAdj}, range for oom score adj is [-1000, 1000]`);
  }
  if (memorySwappiness < -1 || memorySwappiness > 100) {
    throw invalid(`invalid value: ${memorySwappiness}, valid memory swappiness range is 0-100`);
  }
  if (cgroupParent !== '') {
    throw invalid(`--cgroup-parent ${cgroupParent}: all containers are in the control group /gantry`);
  }
  const { memory, memorySwap, cpus, cpuShares, pidsLimit } = DEFAULT_HOST_CONFIG;
  const limits = { memory, memorySwap, cpus, cpuShares, pidsLimit, ...limitSettings(options) };
  checkMemoryLimits(limits);
  const devices = deviceLimits(options);
  return {
    ...limits,
    shmSize: parseShm(options.shmSize),
    ...(memorySwappiness >= 0 && { memorySwappiness }),
    ...(oomKillDisable && { oomKillDisable }),
    ...(oomScoreAdj !== undefined && { oomScoreAdj }),
    ...(devices.length > 0 && { deviceLimits: devices }),
    rlimits: checkRlimits(lastOfEach(options.ulimit.map(parseUlimit))),
  };
}

/** As in Docker, the last of each type counts. */
function lastOfEach(limits: readonly OciRlimit[]): readonly OciRlimit[] {
  return [...new Map(limits.map((limit) => [limit.type, limit])).values()];
}

/** 0 is the default, as in Docker. */
function parseShm(value: string | undefined): number {
  return value === undefined ? 0 : parseSize(value, '--shm-size');
}

/** `nofile=1024`, `nofile=1024:2048`, `core=-1`. */
function parseUlimit(value: string): OciRlimit {
  const [, name = '', softText = '', hardText = softText] = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(value) ?? [];
  if (name === '') throw new GantryError('usage', `invalid ulimit argument: ${value}`, { hint: 'name=soft[:hard]' });
  const type = `RLIMIT_${name.toUpperCase()}`;
  if (!LIMIT_NAMES.includes(type)) throw invalid(`invalid ulimit type: ${name}`);
  const [soft, hard] = [limitOf(softText, value), limitOf(hardText, value)];
  if (hard !== NO_LIMIT && (soft === NO_LIMIT || soft > hard))
    throw invalid(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
  return { type, soft, hard };
}

function limitOf(text: string, value: string): number {
  const number = Number(text);
  if (number === -1) return NO_LIMIT;
  if (number < 0 || !Number.isSafeInteger(number)) throw invalid(`invalid ulimit argument: ${value}`);
  return number;
}

function invalid(message: string): GantryError {
  return new GantryError('invalid', message);
}
