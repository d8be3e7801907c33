export type OutputStream = 'stdout' | 'stderr';

/** Where a container's output goes. Resolves when it can take more. */
export type OutputSink = (stream: OutputStream, chunk: Uint8Array, time: number) => Promise<void> | undefined;

/** How a run ended. */
export interface ExitStatus {
  readonly exitCode: number;
  /** Why the program could not be run, or the exit code is not known; empty where it ran to its end. */
  readonly error: string;
  /** The kernel ended it for want of memory. */
  readonly oomKilled?: boolean;
}

/** A connection to a container's input and output. */
export interface Attachment {
  /** Writes to the container's input. Resolves when it has been taken, or when the container has ended. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the container's input, where it was made for one client (`stdinOnce`). */
  end(): void;
  resize(columns: number, rows: number): void;
  /** Resolves when the run has ended and all of its output has been given to the sink. */
  readonly ended: Promise<ExitStatus>;
  /** Stops listening; the container goes on. */
  detach(): void;
}

export interface StartOptions {
  /** Attached before the program's first byte. */
  readonly sink?: OutputSink;
  /** Terminal size from the first byte. */
  readonly size?: TerminalSize;
}

/** Of a terminal, in cells. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export const DEFAULT_TERMINAL_SIZE: TerminalSize = { columns: 80, rows: 24 };
