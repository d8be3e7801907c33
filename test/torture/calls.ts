import type { TestEngine } from '../support/engine.js';
import { quickCall, type Result } from '../support/quick-client.js';

/** Longer than every time-out of the commands that rigs use. */
export const PATIENCE_MS = 30_000;

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

/**
 * What is wrong with how a call ended: it has to succeed, or to fail in one clear line.
 * @param passesOn whether its exit code may be that of a program
 */
export function unclear({ code, stderr, hung }: Answer, passesOn = false): string | undefined {
  if (hung) return 'does not end';
  if (code === 0) return undefined;
  const words = stderr.trim();
  if (words === '') return passesOn ? undefined : `exit code ${code} without a word`;
  if (BUG.test(words)) return `says ${JSON.stringify(words.slice(0, 300))}`;
  return words.includes('\n') ? `says more than one line: ${JSON.stringify(words.slice(0, 300))}` : undefined;
}
