import type { Readable } from 'node:stream';

/** The name of the console socket in its folder. */
export const CONSOLE_SOCKET = 'console';

export interface TerminalExit {
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | number | undefined;
}

/** The engine's end of a container's terminal, whose program is an OCI runtime, or a shell that runs it. */
export interface ContainerTerminal {
  onData(listener: (bytes: Buffer) => void): void;
  /** Tells once that the program has ended and all output has been told. */
  onExit(listener: (end: TerminalExit) => void): void;
  /** Resolves when the terminal has taken them: a program that does not read lets it wait. */
  write(bytes: Buffer): Promise<void>;
  resize(columns: number, rows: number): void;
  kill(): void;
}

/** @param line `columns rows`. Undefined where it is none */
export function parseSize(line: string): readonly [columns: number, rows: number] | undefined {
  const [columns = 0, rows = 0] = line.split(' ').map(Number);
  return columns > 0 && rows > 0 ? [columns, rows] : undefined;
}

/** Types what comes in, no faster than the terminal takes it. */
export function copyInput(terminal: ContainerTerminal, input: Readable): void {
  input.on('data', (bytes: Buffer) => {
    input.pause();
    void terminal.write(bytes).then(() => input.resume());
  });
}
