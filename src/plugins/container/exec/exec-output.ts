import { Socket } from 'node:net';
import type { OutputSink, OutputStream } from '../contracts/index.js';

/** Time for which a pipe that the program's children hold must be silent until it counts as read. */
const SILENCE_MS = 200;
/** Shared by all: a chunk is copied before the next read. */
const buffer = Buffer.allocUnsafeSlow(1 << 20);

/** Passes a program's output to a sink at the sink's pace. The program waits on a full pipe meanwhile. */
export class ExecOutput {
  readonly #sockets: readonly Socket[];
  readonly #closed: Promise<unknown>;
  #sink: OutputSink | undefined;
  /** The sink has not received all: nothing of either stream is read, so that none overtakes the other. */
  #isWaiting = false;

  constructor(
    outputs: readonly { readonly stream: OutputStream; readonly fd: number }[],
    sink: OutputSink | undefined,
  ) {
    this.#sink = sink;
    this.#sockets = outputs.map(({ stream, fd }) => this.#read(stream, fd));
    this.#closed = Promise.all(this.#sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  }

  /** Discards all further output. */
  discard(): void {
    this.#sink = undefined;
    this.#resume();
  }

  /** Call it when the program has ended: resolves when the sink has received all of its output. */
  async finish(): Promise<void> {
    for (const socket of this.#sockets) {
      socket.setTimeout(SILENCE_MS, () => (this.#isWaiting ? socket.setTimeout(SILENCE_MS) : socket.destroy()));
    }
    await this.#closed;
  }

  #read(stream: OutputStream, fd: number): Socket {
    const callback = (length: number): boolean => {
      const more = this.#sink?.(stream, Buffer.from(buffer.subarray(0, length)), Date.now());
      if (more) this.#wait(more);
      return more === undefined;
    };
    const socket = new Socket({ fd, readable: true, writable: false, onread: { buffer, callback } });
    return socket.on('error', () => {}).resume();
  }

  #wait(more: Promise<void>): void {
    this.#isWaiting = true;
    for (const socket of this.#sockets) socket.pause();
    // A sink that fails receives no more.
    more.then(
      () => this.#resume(),
      () => this.discard(),
    );
  }

  #resume(): void {
    this.#isWaiting = false;
    for (const socket of this.#sockets) socket.resume();
  }
}
