import { readSync } from 'node:fs';
import type { OutputStream } from '../contracts/index.js';
import { openForReading } from '../host/index.js';
import { Follower } from './follower.js';
import type { RecordSink } from './log-record.js';
import { LogWriter } from './log-writer.js';
import { PipePump, type PipeTarget } from './pipe-pump.js';
import type { LogLimits } from './rotation.js';

/** Followers receive chunks from here: each copies its own before the next chunk of any container is read. */
const buffer = Buffer.allocUnsafeSlow(1 << 20);

/**
 * Moves the output of one run from the container's pipes to its log, and passes it to followers. Followers read the log
 * at their own pace; one that keeps up receives each chunk without a read. So a follower that stops reading delays
 * itself alone, and the engine buffers nothing for it; until the log is full with bytes that an attached client has not
 * read: then the program waits on its full pipe.
 */
export class OutputPump {
  readonly #log: LogWriter;
  readonly #followers = new Set<Follower>();
  readonly #pumps = new Set<PipePump>();
  readonly #blocked = new Set<PipePump>();
  #isFull = false;
  #open = 0;
  #finish = (): void => {};
  /** Resolves when every process that could write has ended and all of its output is in the log. */
  readonly finished = new Promise<void>((resolve) => {
    this.#finish = resolve;
  });

  constructor(
    private readonly logPath: string,
    pipes: Readonly<Partial<Record<OutputStream, string>>>,
    private readonly limits: LogLimits,
    private readonly onLogFailure: (error: unknown) => void,
  ) {
    using opened = new DisposableStack();
    const sources = Object.entries(pipes).map(([stream, pipe]) => {
      return { stream: stream as OutputStream, fd: opened.use(openForReading(pipe)).fd };
    });
    this.#log = new LogWriter(logPath, limits);
    opened.move();
    this.#open = sources.length;
    for (const { stream, fd } of sources) this.#pump(stream, fd);
  }

  /**
   * Follows from now on, or from an offset in the log. Bytes that an attached client has not read stay in the log for
   * it.
   */
  follow(sink: RecordSink, { from, attached = false }: { from?: number; attached?: boolean } = {}): Follower {
    const follower = new Follower(this.logPath, from ?? this.#log.size, sink, attached, () => this.#makeRoom());
    this.#followers.add(follower);
    void follower.done.then(() => {
      this.#followers.delete(follower);
      this.#makeRoom();
    });
    if (this.#open === 0) follower.end();
    else if (from !== undefined) follower.catchUp();
    return follower;
  }

  #pump(stream: OutputStream, fd: number): void {
    const target: PipeTarget = {
      move: (pipe) => this.#move(stream, pipe),
      isFull: () => this.#isFull,
      blocked: (pump) => void this.#blocked.add(pump),
      ended: (pump) => this.#pipeEnded(pump),
    };
    const pump = new PipePump(fd, target);
    this.#pumps.add(pump);
    pump.start();
  }

  /** Reads what is there, and no more: for pipes that a process keeps open which is no part of the run. */
  abandon(): void {
    for (const pump of [...this.#pumps]) pump.abandon();
  }

  /** Moves a chunk to the log and to followers. 0: the pipe has ended; undefined: it is empty now. */
  #move(stream: OutputStream, fd: number): number | undefined {
    const time = Date.now();
    try {
      const length = this.#log.move(stream, fd, time);
      if (length > 0 && this.#hasReadyFollower()) this.#handOut(stream, this.#log.readLast(buffer, length), time);
      if (length > 0) this.#makeRoom();
      return length;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'EAGAIN' ? undefined : this.#copy(stream, fd, time, error);
    }
  }

  /** Passes output to followers although the log cannot be written, mostly because the disk is full. */
  #copy(stream: OutputStream, fd: number, time: number, reason: unknown): number | undefined {
    let length: number;
    try {
      length = readSync(fd, buffer);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
      throw error;
    }
    const chunk = buffer.subarray(0, length);
    if (length === 0) return 0;
    try {
      this.#log.append(stream, chunk, time);
    } catch {
      this.onLogFailure(reason);
    }
    this.#handOut(stream, chunk, time);
    return length;
  }

  #hasReadyFollower(): boolean {
    for (const follower of this.#followers) if (follower.isReady) return true;
    return false;
  }

  #handOut(stream: OutputStream, chunk: Buffer, time: number): void {
    for (const follower of this.#followers) follower.offer(stream, chunk, time, this.#log.size);
  }

  #makeRoom(): void {
    let needed = Number.POSITIVE_INFINITY;
    for (const { attached, position } of this.#followers) {
      if (attached && this.limits.waitsForReaders) needed = Math.min(needed, position);
    }
    this.#isFull = !this.#log.prune(needed);
    if (this.#isFull) return;
    for (const pump of [...this.#blocked]) {
      this.#blocked.delete(pump);
      pump.resume();
    }
  }

  #pipeEnded(pump: PipePump): void {
    this.#blocked.delete(pump);
    this.#pumps.delete(pump);
    if (--this.#open > 0) return;
    for (const follower of this.#followers) follower.end();
    this.#log.close();
    this.#finish();
  }
}
