import type { Outcome } from '../../kernel/contracts/index.js';

/** Takes output of a call. */
export interface LocalSink {
  /** @returns false if some of it has to wait: see `whenDrained`. The bytes may be reused at once either way. */
  write(bytes: Buffer): boolean;
  /** Calls back when nothing waits, or nothing can be written any more. */
  whenDrained(listener: () => void): void;
}

/** Where the stdout of a call goes that is not to go to this process's. */
export interface StdoutTarget {
  /** @param failed is told once, when no more can be taken */
  output(failed: (error: NodeJS.ErrnoException) => void): LocalSink;
  /** How the call ends, what was written included. */
  outcome(outcome: Outcome): Outcome | Promise<Outcome>;
}
