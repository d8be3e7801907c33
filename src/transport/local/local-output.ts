import type { Socket } from 'node:net';
import type { LocalSink } from './stdout-target.js';

// An import of node:fs loads all of it, promises and readline too: several milliseconds of every call.
const { constants, fstatSync, openSync, writeSync } = process.getBuiltinModule('node:fs');

/**
 * Standard output or error of this process. Writes at once where that cannot block, else through a stream. It never
 * makes a descriptor non-blocking that other processes share, and never loads `process.stdout`.
 */
export class LocalOutput implements LocalSink {
  readonly #fd: number;
  readonly #direct: boolean;
  #stream: Socket | undefined;
  #queued = 0;
  #broken = false;
  #drained: (() => void)[] = [];

  /** @param failed is called once, when the output accepts no more: EPIPE, ENOSPC */
  constructor(
    fd: number,
    private readonly failed: (error: NodeJS.ErrnoException) => void,
  ) {
    const status = fstatSync(fd);
    const own = status.isFIFO() ? reopened(fd) : undefined;
    this.#fd = own ?? fd;
    this.#direct = own !== undefined || !(status.isFIFO() || status.isSocket());
  }

  write(bytes: Buffer): boolean {
    if (this.#broken) return true;
    const rest = this.#direct && this.#queued === 0 ? this.#writeNow(bytes) : bytes;
    if (rest.length === 0) return true;
    this.#queue(Buffer.from(rest));
    return false;
  }

  whenDrained(listener: () => void): void {
    if (this.#broken || this.#queued === 0) listener();
    else this.#drained.push(listener);
  }

  #writeNow(bytes: Buffer): Buffer {
    let rest = bytes;
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.#fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return rest;
      this.#break(error as NodeJS.ErrnoException);
      return rest.subarray(rest.length);
    }
    return rest;
  }

  #queue(bytes: Buffer): void {
    this.#stream ??= this.#openStream();
    this.#queued++;
    this.#stream.write(bytes, () => {
      this.#queued--;
      if (this.#queued === 0) this.#release();
    });
  }

  #openStream(): Socket {
    const { Socket } = process.getBuiltinModule('node:net');
    const stream = fstatSync(this.#fd).isCharacterDevice()
      ? new (process.getBuiltinModule('node:tty').WriteStream)(this.#fd)
      : new Socket({ fd: this.#fd, readable: false, writable: true });
    return stream.on('error', (error) => this.#break(error));
  }

  #break(error: NodeJS.ErrnoException): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#release();
    this.failed(error);
  }

  #release(): void {
    const listeners = this.#drained;
    this.#drained = [];
    for (const listener of listeners) listener();
  }
}

/** The pipe opened again, so that it can be non-blocking here and stay blocking in other processes. */
function reopened(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}
