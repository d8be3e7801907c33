import { closeSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import type { OutputSink, OutputStream } from './contracts.js';
import { openForReading } from './fifo.js';
import { type LogRecord, LogWriter } from './log-file.js';
import { type LogPlace, LogReader } from './log-reader.js';
import type { LogLimits } from './log-segments.js';

/**
 * One buffer for the pipes of all containers: a chunk is in the log, and copied for followers, before the next read of
 * any. As large as a pipe, so that a fast writer's pipe is emptied by one call.
 */
const buffer = Buffer.allocUnsafeSlow(1 << 20);

/**
 * A program that writes small pieces quickly would wake this process and then a client for each of them, which takes
 * longer than the work itself. After a second piece within a millisecond they gather in the pipe for another one; a piece
 * that comes alone is handed on at once.
 */
const SMALL_CHUNK = 64 << 10;
const REST_MS = 1;

/**
 * The output of one run: read from the container's pipes, written to its log, and given to whoever follows. Followers
 * read the log at their own pace; one that keeps up is handed each chunk without a read. So a follower that stops
 * reading delays itself alone, and the engine holds nothing for it; until the log has no room left for what an attached
 * client still has to read: then the program waits on its full pipe.
 */
export class Output {
  readonly #log: LogWriter;
  readonly #followers = new Set<Follower>();
  readonly #waiting = new Set<Socket>();
  #isFull = false;
  #open = 0;
  #finish = (): void => {};
  /** Resolves when every process that could write has ended and all it wrote is in the log. */
  readonly finished = new Promise<void>((resolve) => {
    this.#finish = resolve;
  });

  constructor(
    private readonly logPath: string,
    pipes: Readonly<Partial<Record<OutputStream, string>>>,
    limits: LogLimits,
    private readonly onLogFailure: (error: unknown) => void,
  ) {
    this.#log = new LogWriter(logPath, limits);
    const sources = Object.entries(pipes) as [OutputStream, string][];
    this.#open = sources.length;
    for (const [stream, pipe] of sources) this.#pump(stream, openForReading(pipe));
  }

  /** Follows from now on, or from a place in the log. What an attached client has not read stays in the log for it. */
  follow(sink: OutputSink, { from, attached = false }: { from?: LogPlace; attached?: boolean } = {}): Follower {
    const follower = new Follower(this.logPath, from ?? { position: this.#log.size, skip: 0 }, sink, attached, () =>
      this.#makeRoom(),
    );
    this.#followers.add(follower);
    void follower.done.then(() => {
      this.#followers.delete(follower);
      this.#makeRoom();
    });
    if (this.#open === 0) follower.end();
    else if (from) follower.catchUp();
    return follower;
  }

  #pump(stream: OutputStream, fd: number): void {
    if (this.#drain(stream, fd) === 'end') {
      closeSync(fd);
      this.#closed();
      return;
    }
    let lastRead = 0;
    const callback = (length: number): boolean => {
      this.#take(stream, buffer.subarray(0, length));
      const now = performance.now();
      const isBurst = length < SMALL_CHUNK && now - lastRead < REST_MS;
      lastRead = now;
      if (isBurst) setTimeout(() => this.#resume(socket), REST_MS);
      else if (this.#isFull) this.#waiting.add(socket);
      return !isBurst && !this.#isFull;
    };
    const socket = new Socket({ fd, readable: true, writable: false, onread: { buffer, callback } });
    socket.on('error', this.onLogFailure);
    socket.once('close', () => this.#closed());
    socket.resume();
  }

  /**
   * Reads what is there. Only a read tells the end of a pipe whose last writer left before it was opened: the kernel
   * reports it to no poll.
   */
  #drain(stream: OutputStream, fd: number): 'end' | 'more may come' {
    try {
      for (let taken = 0; taken <= buffer.length; ) {
        const length = readSync(fd, buffer);
        if (length === 0) return 'end';
        this.#take(stream, buffer.subarray(0, length));
        taken += length;
      }
      // More than a pipe holds: somebody still writes, and the event loop will hear of the end.
      return 'more may come';
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 'more may come';
      throw error;
    }
  }

  #take(stream: OutputStream, chunk: Buffer): void {
    const time = Date.now();
    try {
      this.#log.append(stream, chunk, time);
    } catch (error) {
      this.onLogFailure(error);
    }
    for (const follower of this.#followers) follower.offer(stream, chunk, time, this.#log.size);
    this.#makeRoom();
  }

  #resume(socket: Socket): void {
    if (this.#isFull) this.#waiting.add(socket);
    else socket.resume();
  }

  #makeRoom(): void {
    let needed = Number.POSITIVE_INFINITY;
    for (const { attached, position } of this.#followers) if (attached) needed = Math.min(needed, position);
    this.#isFull = !this.#log.prune(needed);
    if (this.#isFull) return;
    for (const socket of this.#waiting) socket.resume();
    this.#waiting.clear();
  }

  #closed(): void {
    if (--this.#open > 0) return;
    for (const follower of this.#followers) follower.end();
    this.#log.close();
    this.#finish();
  }
}

/** One reader of a log that grows. */
export class Follower {
  readonly #reader: LogReader;
  #busy = false;
  #ended = false;
  #stopped = false;
  #closed = false;
  #resolve = (): void => {};
  /** Resolves when the log has ended and all of it has been given, or when the follower was stopped. */
  readonly done = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  constructor(
    path: string,
    { position, skip }: LogPlace,
    private readonly sink: OutputSink,
    readonly attached: boolean,
    private readonly advanced: () => void,
  ) {
    this.#reader = new LogReader(path, position, skip);
  }

  /** What lies before it in the log has been given. */
  get position(): number {
    return this.#reader.position;
  }

  /** A chunk was appended: hands it on at once if this follower has had all before it. `size` is the log's with it. */
  offer(stream: OutputStream, chunk: Uint8Array, time: number, size: number): void {
    if (this.#busy || this.#stopped) return;
    const more = this.sink(stream, Buffer.from(chunk), time);
    this.#reader.skipTo(size);
    if (more) this.#wait(more);
  }

  /** Reads on from where it is, as fast as the sink takes it. */
  catchUp(): void {
    if (!this.#busy && !this.#closed) this.#wait(undefined);
  }

  /** Nothing will be appended any more. */
  end(): void {
    this.#ended = true;
    if (!this.#closed) this.#reader.holdRest();
    this.catchUp();
  }

  /** Gives nothing more to the sink. */
  stop(): void {
    this.#stopped = true;
    this.#close();
  }

  async #wait(more: Promise<void> | undefined): Promise<void> {
    this.#busy = true;
    try {
      await more;
      for (let records = this.#next(); records.length > 0; records = this.#next()) {
        if (this.attached) this.advanced();
        for (const { stream, data, time } of records) if (!this.#stopped) await this.sink(stream, data, time);
      }
    } catch {
      this.#stopped = true;
    }
    this.#busy = false;
    if (this.#ended || this.#stopped) this.#close();
  }

  #next(): LogRecord[] {
    return this.#stopped ? [] : this.#reader.read();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopped = true;
    this.#reader.close();
    this.#resolve();
  }
}
