import { readFileSync } from 'node:fs';
import type { OciRlimit } from '../contracts/index.js';

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

/**
 * The limits of a container's process: Docker's default merged with the requested ones, none above the host's own hard
 * limit, which a runtime cannot exceed.
 */
export function rlimits(asked: readonly OciRlimit[] = [], host = hardLimits()): readonly OciRlimit[] {
  const wanted = new Map([...DEFAULT_RLIMITS, ...asked].map((limit) => [limit.type, limit]));
  return [...wanted.values()].map(({ type, soft, hard }) => {
    const ceiling = Math.min(hard, host.get(type) ?? Number.POSITIVE_INFINITY);
    return { type, soft: Math.min(soft, ceiling), hard: ceiling };
  });
}

/**
 * The score that removes the engine's own protection from the OOM killer; undefined where the engine has none.
 * @param own text of /proc/self/oom_score_adj
 */
export function oomScoreAdj(own = readFileSync('/proc/self/oom_score_adj', 'utf8')): number | undefined {
  // crun before 1.9 does not write a 0.
  return Number(own) < 0 ? 1 : undefined;
}
