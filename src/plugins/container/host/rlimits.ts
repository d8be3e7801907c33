import { readFileSync } from 'node:fs';
import { GantryError } from '../../../kernel/index.js';
import type { OciRlimit } from '../contracts/index.js';

/** Of <linux/capability.h>. */
const CAP_SYS_RESOURCE = 24n;

/** Labels of /proc/self/limits for the names of setrlimit(2). */
const LABELS: Readonly<Record<string, string>> = {
  'Max cpu time': 'RLIMIT_CPU',
  'Max file size': 'RLIMIT_FSIZE',
  'Max data size': 'RLIMIT_DATA',
  'Max stack size': 'RLIMIT_STACK',
  'Max core file size': 'RLIMIT_CORE',
  'Max resident set': 'RLIMIT_RSS',
  'Max processes': 'RLIMIT_NPROC',
  'Max open files': 'RLIMIT_NOFILE',
  'Max locked memory': 'RLIMIT_MEMLOCK',
  'Max address space': 'RLIMIT_AS',
  'Max file locks': 'RLIMIT_LOCKS',
  'Max pending signals': 'RLIMIT_SIGPENDING',
  'Max msgqueue size': 'RLIMIT_MSGQUEUE',
  'Max nice priority': 'RLIMIT_NICE',
  'Max realtime priority': 'RLIMIT_RTPRIO',
  'Max realtime timeout': 'RLIMIT_RTTIME',
};

/** The names of setrlimit(2). */
export const LIMIT_NAMES: readonly string[] = Object.values(LABELS);

/**
 * The default of systemd for services. Without it a container would get Node's: the soft limit raised to the hard one,
 * which makes programs that close every possible descriptor take minutes.
 */
const DEFAULT_RLIMITS: readonly OciRlimit[] = [{ type: 'RLIMIT_NOFILE', soft: 1024, hard: 524_288 }];

/** Hard limits of this process by name; unlimited ones are Infinity. @param text of /proc/self/limits */
export function hardLimits(text = readFileSync('/proc/self/limits', 'utf8')): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, label, hard] = /^(Max .*?) {2,}\S+ +(\S+)/.exec(line) ?? [];
    const name = LABELS[label ?? ''];
    if (name) limits.set(name, hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard));
  }
  return limits;
}

/** In a container's configuration: no limit. */
export const NO_LIMIT = -1;

/** Rows of older engines have the largest safe integer. The kernel's own number is larger still. */
export function isUnlimited(limit: number): boolean {
  return limit < 0 || limit >= Number.MAX_SAFE_INTEGER;
}

/** Whether this process may raise limits, but for that of open files above what the kernel can have. */
function mayRaise(): boolean {
  const effective = /^CapEff:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> CAP_SYS_RESOURCE) & 1n) === 1n;
}

/** The highest limits that this process can give, by name; Infinity where there is none. */
function highestLimits(): ReadonlyMap<string, number> {
  if (!mayRaise()) return hardLimits();
  return new Map([['RLIMIT_NOFILE', Number(readFileSync('/proc/sys/fs/nr_open', 'latin1'))]]);
}

/**
 * @param asked what the user asks for
 * @returns the same
 * @throws GantryError `invalid` for a limit that this host cannot give
 */
export function checkRlimits(asked: readonly OciRlimit[], highest = highestLimits()): readonly OciRlimit[] {
  for (const { type, hard } of asked) {
    const most = highest.get(type) ?? Number.POSITIVE_INFINITY;
    if ((isUnlimited(hard) ? Number.POSITIVE_INFINITY : hard) <= most) continue;
    const name = type.replace('RLIMIT_', '').toLowerCase();
    throw new GantryError('invalid', `ulimit ${name}: the engine can give ${most} at most, not ${shownLimit(hard)}`, {
      hint: `Give a hard limit of ${most} or less`,
    });
  }
  return asked;
}

/** As users write it: -1 is no limit. */
export function shownLimit(limit: number): number {
  return isUnlimited(limit) ? NO_LIMIT : limit;
}

/**
 * The limits of a container's process: Docker's default merged with the requested ones, none above what this process can give: the
 * limits of an engine may be lower than those of the one that took the request.
 */
export function rlimits(asked: readonly OciRlimit[] = [], highest = highestLimits()): readonly OciRlimit[] {
  const wanted = new Map([...DEFAULT_RLIMITS, ...asked].map((limit) => [limit.type, limit]));
  return [...wanted.values()].map(({ type, soft, hard }) => {
    const most = highest.get(type) ?? Number.POSITIVE_INFINITY;
    return { type, soft: lower(soft, lower(hard, most)), hard: lower(hard, most) };
  });
}

function lower(limit: number, most: number): number {
  if (isUnlimited(limit)) return Number.isFinite(most) ? most : NO_LIMIT;
  return isUnlimited(most) ? limit : Math.min(limit, most);
}

/**
 * The score that removes the engine's own protection from the OOM killer; undefined where the engine has none.
 * @param own text of /proc/self/oom_score_adj
 */
export function oomScoreAdj(own = readFileSync('/proc/self/oom_score_adj', 'utf8')): number | undefined {
  // crun before 1.9 does not write a 0.
  return Number(own) < 0 ? 1 : undefined;
}
