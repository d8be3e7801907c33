import { isDeepStrictEqual } from 'node:util';
import fc, { type RunDetails } from 'fast-check';
import type { Target } from './target.js';

/** No input may keep a daemon from its other callers for longer. Of processor time, in milliseconds. */
const LONGEST_MS = 1000;
/** No input may cost more memory. In bytes. */
const MOST_GROWTH = 64 << 20;

export interface FuzzOptions {
  readonly seed: number;
  /** How long to go on; without, until `runs`. */
  readonly milliseconds?: number;
  readonly runs?: number;
  /** Where in the seed's inputs to begin: what a failure names. */
  readonly path?: string | undefined;
  /** Called with the number of each input, before it is tried. */
  readonly onInput?: (number: number) => void;
}

export interface FuzzResult {
  readonly inputs: number;
  /** The most processor time of one input, in milliseconds. */
  readonly slowest: number;
  /** How much more memory the process has than after its first inputs, in MB. */
  readonly grown: number;
  /** What went wrong with which input, the smallest that was found, and how to repeat it; undefined where all went well. */
  readonly failure: string | undefined;
}

/** Tries a target with inputs that the seed chooses. */
export async function fuzz(name: string, target: Target, options: FuzzOptions): Promise<FuzzResult> {
  const { seed, milliseconds, runs = Number.MAX_SAFE_INTEGER, path, onInput = () => {} } = options;
  let inputs = 0;
  let slowest = 0;
  let settled = 0;
  const property = fc.asyncProperty(target.inputs, async (input) => {
    onInput(inputs++);
    const memory = process.memoryUsage.rss();
    const before = process.threadCpuUsage();
    await target.check(input);
    const { user, system } = process.threadCpuUsage(before);
    const took = (user + system) / 1000;
    slowest = Math.max(slowest, took);
    if (took > LONGEST_MS) throw new Error(`takes ${Math.round(took)} ms`);
    const growth = process.memoryUsage.rss() - memory;
    if (growth > MOST_GROWTH) throw new Error(`costs ${growth >> 20} MB of memory`);
    if (inputs === 1000) settled = process.memoryUsage.rss();
  });
  try {
    const details = await fc.check(property, {
      seed,
      numRuns: runs,
      examples: (target.corpus ?? []).map((input): [unknown] => [input]),
      ...(milliseconds !== undefined && { interruptAfterTimeLimit: milliseconds }),
      ...(path !== undefined && { path }),
    });
    const grown = settled === 0 ? 0 : Math.round((process.memoryUsage.rss() - settled) / 1e6);
    return { inputs, slowest: Math.round(slowest), grown, failure: failureOf(name, details) };
  } finally {
    target.close?.();
  }
}

function failureOf(name: string, details: RunDetails<[unknown]>): string | undefined {
  if (!details.failed || !details.counterexample) return undefined;
  const { errorInstance, counterexample, seed, counterexamplePath } = details;
  const error = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  const again = `npm run fuzz -- --target ${name} --seed ${seed} --path ${counterexamplePath}`;
  return `${name}: ${fc.stringify(counterexample[0])}\n${error}\nAgain: ${again}`;
}

/** @throws Error with both, where they differ */
export function same(found: unknown, right: unknown, what: string): void {
  if (isDeepStrictEqual(found, right)) return;
  throw new Error(`${what}: ${fc.stringify(found)} is not ${fc.stringify(right)}`);
}
