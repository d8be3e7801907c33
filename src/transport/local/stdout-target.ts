import type { Outcome } from '../../kernel/contracts/index.js';

/** Receives output of a call. */
export interface LocalSink {
  /** @returns false if some of it has to wait: see `whenDrained`. The bytes may be reused at once either way. */
  write(bytes: Buffer): boolean;
  /** Calls back when nothing waits, or nothing can be written any more. */
  whenDrained(listener: () => void): void;
}

/** A target for the stdout of a call, in place of this process's own. */
export interface StdoutTarget {
  /** @param failed is called once, when no more is accepted */
  output(failed: (error: NodeJS.ErrnoException) => void): LocalSink;
  /** How the call ends, what was written included. */
  outcome(outcome: Outcome): Outcome | Promise<Outcome>;
}
