import type { Attachment, OutputSink, TerminalSize } from './streams.js';

/** What is run in a container beside its own program. */
export interface ExecRequest {
  /** Program and arguments. Never empty. */
  readonly args: readonly string[];
  /** Over the container's own: `NAME=value`; a bare `NAME` takes one out. */
  readonly env?: readonly string[];
  /** `name|uid[:group|gid]`; absent or empty: the container's. */
  readonly user?: string;
  /** Absolute, must be there; absent or empty: the container's. */
  readonly workdir?: string;
  /** All capabilities. */
  readonly privileged?: boolean;
  readonly tty?: boolean;
  /** Of the terminal, from the first byte. */
  readonly size?: TerminalSize;
  /** It has an input; else it reads an end at once. */
  readonly openStdin?: boolean;
  /** It belongs to the container from then on: without input and output, and nobody learns how it ends. */
  readonly detach?: boolean;
  /** Takes its output, at its own pace: a program waits for a sink that does not read. Absent: it is thrown away. */
  readonly sink?: OutputSink;
}

/**
 * A program that was run in a container beside its own. It ends with the container, with the engine process that runs
 * it, and by itself. `detach` leaves it running, its output being thrown away from then on; `end` ends its input.
 */
export interface ExecSession extends Attachment {
  /** A signal for the program. Nothing happens where it has ended. */
  kill(signal: NodeJS.Signals | number): Promise<void>;
}
