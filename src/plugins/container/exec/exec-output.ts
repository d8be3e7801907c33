import { Socket } from 'node:net';
import type { OutputSink, OutputStream } from '../contracts/index.js';

/** How long a pipe that a program left to its children may stay silent before it counts as read. */
const SILENCE_MS = 200;
/** One for all: a chunk is copied before the next read. */
const buffer = Buffer.allocUnsafeSlow(1 << 20);

/** Gives a program's output to a sink as fast as that takes it. The program waits on a full pipe meanwhile. */
export class ExecOutput {
  readonly #sockets: readonly Socket[];
  readonly #closed: Promise<unknown>;
  #waiting = 0;
  #sink: OutputSink | undefined;
  #drop = (): void => {};
  readonly #dropped = new Promise<void>((resolve) => {
    this.#drop = resolve;
  });

  constructor(
    outputs: readonly { readonly stream: OutputStream; readonly fd: number }[],
    sink: OutputSink | undefined,
  ) {
    this.#sink = sink;
    this.#sockets = outputs.map(({ stream, fd }) => this.#read(stream, fd));
    this.#closed = Promise.all(this.#sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  }

  /** Throws away what comes from now on. */
  discard(): void {
    this.#sink = undefined;
    this.#drop();
  }

  /** The program has ended: resolves when all that it wrote has been given to the sink. */
  async finish(): Promise<void> {
    for (const socket of this.#sockets) {
      socket.setTimeout(SILENCE_MS, () => (this.#waiting > 0 ? socket.setTimeout(SILENCE_MS) : socket.destroy()));
    }
    await this.#closed;
  }

  #read(stream: OutputStream, fd: number): Socket {
    const callback = (length: number): boolean => {
      const more = this.#sink?.(stream, Buffer.from(buffer.subarray(0, length)), Date.now());
      if (more) void this.#wait(socket, more);
      return more === undefined;
    };
    const socket = new Socket({ fd, readable: true, writable: false, onread: { buffer, callback } });
    return socket.on('error', () => {}).resume();
  }

  async #wait(socket: Socket, more: Promise<void>): Promise<void> {
    this.#waiting++;
    // A sink that fails takes no more.
    await Promise.race([more.catch(() => this.discard()), this.#dropped]);
    this.#waiting--;
    socket.resume();
  }
}
