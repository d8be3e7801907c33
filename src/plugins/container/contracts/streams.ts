import type { Caller } from './caller.js';

export type OutputStream = 'stdout' | 'stderr';

/** Receives a container's output. Resolves when it can receive more. */
export type OutputSink = (stream: OutputStream, chunk: Uint8Array, time: number) => Promise<void> | undefined;

/** Exit status of a run. */
export interface ExitStatus {
  readonly exitCode: number;
  /** Reason why the program could not be run, or why its exit code is unknown; empty otherwise. */
  readonly error: string;
  /** The kernel ended it because it was out of memory. */
  readonly oomKilled?: boolean;
}

/** A connection to a container's input and output. */
export interface Attachment {
  /** Writes to the container's input. Resolves when the bytes are written, or when the container has ended. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the container's input, if that belongs to one client (`stdinOnce`). */
  end(): void;
  resize(columns: number, rows: number): void;
  /** Resolves when the run has ended and the sink has received all of its output. */
  readonly ended: Promise<ExitStatus>;
  /** Stops receiving output; the container runs on. */
  detach(): void;
}

export interface StartOptions extends Caller {
  /** Attached before the program's first byte. */
  readonly sink?: OutputSink;
  /** Terminal size from the first byte. */
  readonly size?: TerminalSize;
}

/** Size of a terminal, in cells. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export const DEFAULT_TERMINAL_SIZE: TerminalSize = { columns: 80, rows: 24 };
