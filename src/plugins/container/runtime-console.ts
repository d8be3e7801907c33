import { spawn } from 'node:child_process';
import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { ReadStream } from 'node:tty';
import { receiveDescriptor, setTerminalSize } from '../system/index.js';
import { CONSOLE, type HostedTerminal, type TerminalEnd } from './hosted-terminal.js';

const LOOK_MS = 2;
const RETRY_MS = 5;
/** How long a terminal has to be quiet that the program left to others. */
const QUIET_MS = 300;

export interface ConsoleOptions {
  /** Where the runtime finds the socket `console`. */
  readonly folder: string;
  readonly columns: number;
  readonly rows: number;
  /** Whether the terminal is read until nobody has it open; else until the runtime has ended, and it is quiet. */
  readonly toTheEnd: boolean;
}

/**
 * The terminal that the runtime makes for a program, itself, and not another one that the runtime passes bytes to and from:
 * crun ends with the program, and what it has not passed by then is lost.
 * @param args of a runtime that is told `--console-socket`
 */
export function consoleTerminal(program: string, args: readonly string[], options: ConsoleOptions): HostedTerminal {
  return new ConsoleTerminal(program, args, options);
}

class ConsoleTerminal implements HostedTerminal {
  #size: readonly [columns: number, rows: number];
  #master: number | undefined;
  #reader: ReadStream | undefined;
  #ended: TerminalEnd | undefined;
  #noMore = false;
  #quiet: NodeJS.Timeout | undefined;
  #pending: Buffer[] = [];
  #onData = (_bytes: Buffer): void => {};
  #onExit = (_end: TerminalEnd): void => {};
  #kill = (): void => {};

  constructor(
    program: string,
    args: readonly string[],
    private readonly options: ConsoleOptions,
  ) {
    this.#size = [options.columns, options.rows];
    listenIn(options.folder, (socket) => this.#receive(socket)).then(
      (close) => this.#run(program, args, close),
      () => this.#exited({ exitCode: 125, signal: undefined }),
    );
  }

  onData(listener: (bytes: Buffer) => void): void {
    this.#onData = listener;
  }

  onExit(listener: (end: TerminalEnd) => void): void {
    this.#onExit = listener;
  }

  write(bytes: Buffer): void {
    this.#pending.push(bytes);
    if (this.#pending.length === 1) this.#send();
  }

  resize(columns: number, rows: number): void {
    this.#size = [columns, rows];
    if (this.#master !== undefined) setTerminalSize(this.#master, columns, rows);
  }

  kill(): void {
    this.#kill();
  }

  #run(program: string, args: readonly string[], close: () => void): void {
    const child = spawn(program, args, { stdio: 'ignore' });
    this.#kill = () => void child.kill('SIGKILL');
    child.once('error', () => this.#exited({ exitCode: 127, signal: undefined }));
    child.once('exit', (code, signal) => {
      // Whoever has connected by now is seen before the listener is gone.
      setImmediate(() => setImmediate(() => this.#exited({ exitCode: code ?? 0, signal: signal ?? undefined }, close)));
    });
  }

  /** The runtime connects at once, and sends when it has made the terminal. */
  #receive(socket: Socket): void {
    const { fd } = (socket as unknown as { readonly _handle: { readonly fd: number } })._handle;
    const look = (): void => {
      const received = receiveDescriptor(fd);
      if (received === undefined) {
        setTimeout(look, LOOK_MS);
        return;
      }
      socket.destroy();
      if (received === null) this.#over();
      else this.#open(received);
    };
    look();
  }

  #open(master: number): void {
    this.#master = master;
    setTerminalSize(master, ...this.#size);
    // The kernel says EIO when nobody has the terminal open any more, and all has been read.
    this.#reader = new ReadStream(master).on('error', () => {}).once('close', () => this.#over());
    this.#reader.on('data', (bytes: Buffer) => {
      this.#quiet?.refresh();
      this.#onData(bytes);
    });
    this.#send();
  }

  #send(): void {
    for (let bytes = this.#pending[0]; bytes && this.#master !== undefined && !this.#noMore; bytes = this.#pending[0]) {
      try {
        const rest = bytes.subarray(writeSync(this.#master, bytes));
        if (rest.length > 0) this.#pending[0] = rest;
        else this.#pending.shift();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        setTimeout(() => this.#send(), RETRY_MS);
        return;
      }
    }
  }

  #exited(end: TerminalEnd, close = (): void => {}): void {
    close();
    this.#ended = end;
    const hasTerminal = this.#reader !== undefined && !this.#noMore;
    if (!hasTerminal) this.#onExit(end);
    else if (!this.options.toTheEnd) this.#quiet = setTimeout(() => this.#reader?.destroy(), QUIET_MS);
  }

  #over(): void {
    this.#noMore = true;
    clearTimeout(this.#quiet);
    if (this.#ended) this.#onExit(this.#ended);
  }
}

/** By a descriptor of the folder: its own path may be longer than that of a socket may be. */
async function listenIn(folder: string, connected: (socket: Socket) => void): Promise<() => void> {
  const directory = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  const server = createServer({ pauseOnConnect: true }, connected);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(`/proc/self/fd/${directory}/${CONSOLE}`, resolve);
    });
  } finally {
    closeSync(directory);
  }
  return () => {
    server.close();
    rmSync(`${folder}/${CONSOLE}`, { force: true });
  };
}
