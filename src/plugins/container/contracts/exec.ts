import type { Attachment, OutputSink, TerminalSize } from './streams.js';

/** Request to run a program in a container beside its own. */
export interface ExecRequest {
  /** Program and arguments. Never empty. */
  readonly args: readonly string[];
  /** Over the container's own: `NAME=value`; a bare `NAME` removes one. */
  readonly env?: readonly string[];
  /** `name|uid[:group|gid]`; absent or empty: the container's. */
  readonly user?: string;
  /** Absolute, must exist; absent or empty: the container's. */
  readonly workdir?: string;
  /** All capabilities. */
  readonly privileged?: boolean;
  readonly tty?: boolean;
  /** Of the terminal, from the first byte. */
  readonly size?: TerminalSize;
  /** It has an input; else it reads an end of file at once. */
  readonly openStdin?: boolean;
  /** It runs on without input and output, and no caller learns its exit code. */
  readonly detach?: boolean;
  /**
   * Receives its output at its own pace: the program waits for a sink that does not read. Absent: the output is
   * discarded.
   */
  readonly sink?: OutputSink;
}

/**
 * A program that runs in a container beside the container's own. It ends by itself, with the container, or with the
 * engine process that started it. `detach` leaves it running and discards its output from then on; `end` ends its
 * input.
 */
export interface ExecSession extends Attachment {
  /** Sends a signal to the program; has no effect after its end. */
  kill(signal: NodeJS.Signals | number): Promise<void>;
}
