import { Socket } from 'node:net';

/** The engine's end of a container's input. */
export class StdinPipe {
  readonly #socket: Socket;

  /** @param once whether the end of a client's input is the end of the container's */
  constructor(
    fd: number,
    private readonly once: boolean,
  ) {
    this.#socket = new Socket({ fd, readable: false, writable: true });
    this.#socket.on('error', () => this.#socket.destroy());
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        this.#socket.off('close', settle);
        resolve();
      };
      this.#socket.once('close', settle);
      this.#socket.write(chunk, settle);
    });
  }

  end(): void {
    if (this.once) this.#socket.end();
  }

  close(): void {
    this.#socket.destroy();
  }
}
