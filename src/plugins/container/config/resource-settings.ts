import { availableParallelism } from 'node:os';
import { GantryError, parseSize } from '../../../kernel/index.js';
import type { OciRlimit, ResourceSettings } from '../contracts/index.js';
import type { ResourceFlags } from '../flags/index.js';
import { checkRlimits, LIMIT_NAMES, NO_LIMIT } from '../host/index.js';
import { parseMemory } from '../parsers/index.js';

/** @throws GantryError `usage`, `invalid`, in Docker's words */
export function resourceSettings(options: ResourceFlags): ResourceSettings {
  const memory = options.memory === undefined ? 0 : parseMemory(options.memory);
  const { oomScoreAdj } = options;
  if (oomScoreAdj !== undefined && (oomScoreAdj < -1000 || oomScoreAdj > 1000)) {
    throw invalid(`Invalid value ${oomScoreAdj}, range for oom score adj is [-1000, 1000]`);
  }
  return {
    memory,
    memorySwap: parseSwap(options.memorySwap, memory),
    cpus: parseCpus(options.cpus),
    cpuShares: checkCpuShares(options.cpuShares),
    pidsLimit: checkPidsLimit(options.pidsLimit),
    shmSize: parseShm(options.shmSize),
    ...(oomScoreAdj !== undefined && { oomScoreAdj }),
    rlimits: checkRlimits(options.ulimit.map(parseUlimit)),
  };
}

/** @param memory the limit of memory alone; the result is not below it */
export function parseSwap(value: string | undefined, memory: number): number {
  if (value === undefined) return 0;
  if (value === '-1') return -1;
  const swap = parseSize(value, '--memory-swap');
  if (swap > 0 && memory === 0) throw invalid('You should always set the Memory limit when using Memoryswap limit');
  if (swap > 0 && swap < memory) throw invalid('Minimum memoryswap limit should be larger than memory limit');
  return swap;
}

export function parseCpus(value: string | undefined): number {
  if (value === undefined) return 0;
  const cpus = /^\d+(\.\d+)?$|^\.\d+$/.test(value) ? Number(value) : Number.NaN;
  const most = availableParallelism();
  if (Number.isNaN(cpus)) {
    throw new GantryError(
      'usage',
      `invalid argument "${value}" for "--cpus" flag: failed to parse ${value} as a number`,
    );
  }
  if (cpus !== 0 && (cpus < 0.01 || cpus > most)) {
    throw invalid(`range of CPUs is from 0.01 to ${most}.00, as there are only ${most} CPUs available`);
  }
  return cpus;
}

export function checkCpuShares(shares: number): number {
  if (shares !== 0 && (shares < 2 || shares > 262_144)) {
    throw invalid(`CPU shares must be 2 to 262144, or 0 for the usual: ${shares}`);
  }
  return shares;
}

/** -1 and 0 both mean no limit. */
export function checkPidsLimit(limit: number): number {
  if (limit < -1) throw invalid(`the limit of processes must be positive, or -1 for none: ${limit}`);
  return Math.max(0, limit);
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
