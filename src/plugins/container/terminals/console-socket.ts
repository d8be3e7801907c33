import { spawn } from 'node:child_process';
import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { ReadStream } from 'node:tty';
import { duplicateDescriptor, goFirst, libc, receiveDescriptor, setTerminalSize } from '../../../host/index.js';
import { CONSOLE_SOCKET, type ContainerTerminal, type TerminalExit } from './terminal.js';

const POLL_MS = 2;
const RETRY_MS = 5;
const REOPEN_MS = 50;
const F_SETFL = 4;
/** Time for which a terminal that the program left to others must be quiet. */
const QUIET_MS = 300;

export interface ConsoleOptions {
  /** Where the runtime finds the socket `console`. */
  readonly folder: string;
  readonly columns: number;
  readonly rows: number;
  /** Whether the terminal is read until no process has it open; else until the runtime has ended, and it is quiet. */
  readonly drain: boolean;
  /** Whether the program of the terminal is the runtime, or a shell whose child that is. */
  readonly runtime: 'itself' | 'its child';
}

/**
 * Opens the terminal that the runtime makes for a program, instead of one that the runtime copies bytes to and from:
 * crun ends with the program, and bytes that it has not copied by then are lost.
 * @param args of a runtime that has the option `--console-socket`
 */
export function openConsole(program: string, args: readonly string[], options: ConsoleOptions): ContainerTerminal {
  return new ConsoleTerminal(program, args, options);
}

class ConsoleTerminal implements ContainerTerminal {
  #size: readonly [columns: number, rows: number];
  /** Open until the runtime has ended: a terminal whose last master closes hangs up on its program. */
  #master: number | undefined;
  #reader: ReadStream | undefined;
  /** The runtime has connected, and has sent nothing yet. */
  #isConnected = false;
  #ended: TerminalExit | undefined;
  #quiet: NodeJS.Timeout | undefined;
  readonly #pending: { bytes: Buffer; readonly taken: () => void }[] = [];
  #onData = (_bytes: Buffer): void => {};
  #onExit: ((end: TerminalExit) => void) | undefined;
  #kill = (): void => {};

  constructor(
    program: string,
    args: readonly string[],
    private readonly options: ConsoleOptions,
  ) {
    this.#size = [options.columns, options.rows];
    // It takes a while to load, which must not be when the runtime has begun.
    libc();
    listenIn(options.folder, (socket) => this.#receive(socket)).then(
      (close) => this.#run(program, args, close),
      () => this.#exited({ exitCode: 125, signal: undefined }),
    );
  }

  onData(listener: (bytes: Buffer) => void): void {
    this.#onData = listener;
  }

  onExit(listener: (end: TerminalExit) => void): void {
    this.#onExit = listener;
  }

  write(bytes: Buffer): Promise<void> {
    return new Promise((taken) => {
      this.#pending.push({ bytes, taken });
      if (this.#pending.length === 1) this.#send();
    });
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
    // It sets the size of a terminal while the program behind that is about to begin, and waits for it no more.
    if (this.options.runtime === 'itself' && child.pid !== undefined) goFirst(child.pid);
    this.#kill = () => void child.kill('SIGKILL');
    child.once('error', () => this.#exited({ exitCode: 127, signal: undefined }));
    child.once('exit', (code, signal) => {
      // A connection that exists by now is handled before the listener closes.
      setImmediate(() => setImmediate(() => this.#exited({ exitCode: code ?? 0, signal: signal ?? undefined }, close)));
    });
  }

  /** The runtime connects at once, and sends the terminal when it has made it. */
  #receive(socket: Socket): void {
    const { fd } = (socket as unknown as { readonly _handle: { readonly fd: number } })._handle;
    this.#isConnected = true;
    const look = (): void => {
      const received = receiveDescriptor(fd);
      if (received === undefined) {
        setTimeout(look, POLL_MS);
        return;
      }
      socket.destroy();
      this.#isConnected = false;
      if (received !== null) this.#open(received);
      else if (this.#ended) this.#finish(this.#ended);
    };
    look();
  }

  #open(master: number): void {
    this.#master = master;
    // A program that does not read must not block this process.
    libc().fcntl(master, F_SETFL, constants.O_RDWR | constants.O_NONBLOCK);
    setTerminalSize(master, ...this.#size);
    this.#read(master);
    this.#send();
  }

  /**
   * The kernel returns EIO when no process has the terminal open, and all has been read. While the runtime lives, that
   * may change.
   */
  #read(master: number): void {
    const reader = new ReadStream(duplicateDescriptor(process.pid, master));
    this.#reader = reader
      .on('error', () => {})
      .once('close', () => {
        this.#reader = undefined;
        if (this.#ended) this.#finish(this.#ended);
        else setTimeout(() => this.#reader || this.#read(master), REOPEN_MS);
      });
    reader.on('data', (bytes: Buffer) => {
      this.#quiet?.refresh();
      this.#onData(bytes);
    });
  }

  #send(): void {
    for (let next = this.#pending[0]; next && this.#master !== undefined; next = this.#pending[0]) {
      try {
        next.bytes = next.bytes.subarray(writeSync(this.#master, next.bytes));
        if (next.bytes.length > 0) continue;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
          setTimeout(() => this.#send(), RETRY_MS);
          return;
        }
        // No process has the terminal open: the input is dropped.
      }
      this.#pending.shift();
      next.taken();
    }
  }

  #exited(end: TerminalExit, close = (): void => {}): void {
    close();
    this.#ended = end;
    if (this.#isConnected) return;
    if (this.#master === undefined) {
      this.#finish(end);
      return;
    }
    if (!this.#reader) this.#read(this.#master);
    if (!this.options.drain) this.#quiet = setTimeout(() => this.#reader?.destroy(), QUIET_MS);
  }

  #finish(end: TerminalExit): void {
    clearTimeout(this.#quiet);
    const tell = this.#onExit;
    this.#onExit = undefined;
    tell?.(end);
  }
}

/** Listens through a descriptor of the folder: its own path may be longer than that of a socket may be. */
async function listenIn(folder: string, connected: (socket: Socket) => void): Promise<() => void> {
  const directory = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  const server = createServer({ pauseOnConnect: true }, connected);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(`/proc/self/fd/${directory}/${CONSOLE_SOCKET}`, resolve);
    });
  } finally {
    closeSync(directory);
  }
  return () => {
    server.close();
    rmSync(`${folder}/${CONSOLE_SOCKET}`, { force: true });
  };
}
