import { closeSync } from 'node:fs';
import { epoll } from '../../../host/index.js';

/**
 * A program that writes small chunks quickly would wake this process and then a client for each of them, which takes
 * longer than the work itself. After a second chunk within a millisecond they collect in the pipe for another one; a
 * single chunk is passed on at once.
 */
const SMALL_CHUNK_BYTES = 64 << 10;
const BATCH_MS = 1;
const PIPE_BYTES = 1 << 20;

/** The log that a pipe is moved into. */
export interface PipeTarget {
  /** Moves a chunk out of the pipe. 0: the pipe has ended; undefined: it is empty now. */
  move(fd: number): number | undefined;
  /** The log has no room: it must not grow until the target calls `resume`, unless the pipe has ended. */
  isFull(): boolean;
  blocked(pump: PipePump): void;
  ended(pump: PipePump): void;
}

/**
 * Reads one pipe until it ends. It is in one of these states: reading, whenever the pipe has bytes; resting for a
 * millisecond, while small chunks collect; blocked, because the log is full: then it waits for the end of the pipe only.
 */
export class PipePump {
  #lastChunk = 0;
  #isOver = false;

  constructor(
    private readonly fd: number,
    private readonly target: PipeTarget,
  ) {}

  start(): void {
    if (this.#readAvailable() === 0) this.#end();
    else this.resume();
  }

  /** Reads what fits into a pipe at most, and closes it. */
  abandon(): void {
    if (this.#isOver) return;
    this.#readAvailable();
    this.#end();
  }

  /** Goes on reading, or blocks where the log is full. */
  resume(): void {
    if (this.#isOver) return;
    epoll.forget(this.fd);
    if (this.target.isFull()) this.#block();
    else epoll.watch(this.fd, () => this.#read());
  }

  /**
   * Reads what is available. Only reading finds the end of a pipe whose last writer left before it was opened: the
   * kernel reports that to no poll. If there is more than fits into a pipe, a process is still writing, and the poll
   * will report its end.
   */
  #readAvailable(): number | undefined {
    let length = this.target.move(this.fd);
    for (let read = 0; length && read <= PIPE_BYTES; length = this.target.move(this.fd)) read += length;
    return length;
  }

  #read(): void {
    const length = this.target.move(this.fd);
    if (length === 0) {
      this.#end();
      return;
    }
    const now = performance.now();
    const isBurst = length !== undefined && length < SMALL_CHUNK_BYTES && now - this.#lastChunk < BATCH_MS;
    this.#lastChunk = now;
    if (isBurst) this.#rest();
    else if (this.target.isFull()) this.resume();
  }

  #rest(): void {
    epoll.forget(this.fd);
    setTimeout(() => this.resume(), BATCH_MS);
  }

  #block(): void {
    this.target.blocked(this);
    epoll.watchEnd(this.fd, () => this.#readRest());
  }

  /** The program has ended: no more is left than fits into a pipe, and it goes into the log even if that is full. */
  #readRest(): void {
    while (this.target.move(this.fd));
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    epoll.forget(this.fd);
    closeSync(this.fd);
    this.target.ended(this);
  }
}
