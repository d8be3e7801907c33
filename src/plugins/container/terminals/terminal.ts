import type { Readable } from 'node:stream';

/** The name of the console socket in its folder. */
export const CONSOLE_SOCKET = 'console';

export interface TerminalExit {
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | number | undefined;
}

/** The master end of a container's terminal, whose program is an OCI runtime, or a shell that runs it. */
export interface ContainerTerminal {
  onData(listener: (bytes: Buffer) => void): void;
  /** Called once when the program has ended and all output has been passed on. */
  onExit(listener: (end: TerminalExit) => void): void;
  /** Resolves when the terminal has accepted the bytes: a program that does not read delays it. */
  write(bytes: Buffer): Promise<void>;
  resize(columns: number, rows: number): void;
  kill(): void;
}

/** @param line `columns rows`. Undefined for any other line */
export function parseSize(line: string): readonly [columns: number, rows: number] | undefined {
  const [columns = 0, rows = 0] = line.split(' ').map(Number);
  return columns > 0 && rows > 0 ? [columns, rows] : undefined;
}

/** Writes input to the terminal, no faster than the terminal accepts it. */
export function copyInput(terminal: ContainerTerminal, input: Readable): void {
  input.on('data', (bytes: Buffer) => {
    input.pause();
    void terminal.write(bytes).then(() => input.resume());
  });
}
