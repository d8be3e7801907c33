import type { TestEngine } from '../support/engine.js';
import { quickCall, type Result } from '../support/quick-client.js';

export interface RigOptions {
  /** The same seed chooses the same things in the same order. When they happen is the machine's affair. */
  readonly seed: number;
  /** How much of its work a rig does; each says what it counts. */
  readonly count: number | undefined;
  /** A part of the work: names of verbs, kinds of calls, commands. */
  readonly only: readonly string[];
  readonly clients: number;
  readonly minutes: number;
  readonly tell: (line: string) => void;
}

export interface RigReport {
  /** Each with what is needed to see it again. */
  readonly faults: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

export type Rig = (options: RigOptions) => Promise<RigReport>;

/** Longer than every time-out of the commands that rigs use. */
export const PATIENCE_MS = 20_000;

/** The answer to a call; undefined code where the connection was lost, or never came about. */
export interface Answer extends Result {
  /** The call did not end, and was given up. */
  readonly hung: boolean;
}

export type Call = (...args: string[]) => Promise<Answer>;

/** Calls over a socket, from within this process, that lose patience. */
export function callsTo(engine: TestEngine, socket: string = engine.socket, patience = PATIENCE_MS): Call {
  return (...args) => withPatience(quickCall(socket, args, engine.env), patience);
}

export async function withPatience(result: Promise<Result>, patience = PATIENCE_MS): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => resolve({ code: null, stdout: '', stderr: '', hung: true }), patience);
  });
  const told = result.then(
    (answer) => ({ ...answer, hung: false }),
    (error) => ({ code: null, stdout: '', stderr: String(error), hung: false }),
  );
  return Promise.race([told, late]).finally(() => clearTimeout(timer));
}

const BUG = /internal error|Cannot read|is not a function|undefined|\n\s+at |ERR_[A-Z]|Assertion|TypeError/;

/** What is wrong with how a call ended: it has to succeed, or to fail in one clear line. */
export function unclear({ code, stderr, hung }: Answer): string | undefined {
  if (hung) return 'does not end';
  if (code === 0) return undefined;
  const words = stderr.trim();
  if (words === '') return `exit code ${code} without a word`;
  if (BUG.test(words)) return `says ${JSON.stringify(words.slice(0, 300))}`;
  return words.includes('\n') ? `says more than one line: ${JSON.stringify(words.slice(0, 300))}` : undefined;
}
