import { closeSync, constants, openSync, writeSync } from 'node:fs';
import type { Attachment, ExitStatus, OutputSink } from '../contracts/index.js';
import type { HealthChecker } from '../health/index.js';
import { type Bundle, StdinPipe } from '../host/index.js';
import type { OutputPump } from '../logs/index.js';

/** One run of a container whose output this process reads. */
export class ContainerRun {
  /** Runs its health checks, if it has any. */
  healthChecker: HealthChecker | undefined;
  readonly #begun = performance.now();
  readonly #waiting = new Set<(end: ExitStatus) => void>();
  #end: ExitStatus | undefined;

  constructor(
    readonly bundle: Bundle,
    readonly output: OutputPump,
    private readonly input: StdinPipe | undefined,
    readonly tty: boolean,
  ) {}

  /** How long this process has had it, in milliseconds. */
  get ranMs(): number {
    return performance.now() - this.#begun;
  }

  attach(sink: OutputSink): Attachment {
    const follower = this.output.follow(sink, { attached: true });
    const detached = new AbortController();
    return {
      write: async (chunk) => this.input?.write(chunk),
      end: () => this.input?.end(),
      resize: (columns, rows) => {
        if (this.tty) this.#sendSize(`${columns} ${rows}\n`);
      },
      ended: follower.done.then(() => this.waitForEnd(detached.signal)).then((end) => end ?? new Promise(() => {})),
      detach: () => {
        detached.abort();
        follower.stop();
      },
    };
  }

  /**
   * Resolves when the run has ended and the database has recorded it, with undefined if the signal aborts before. A run
   * may last for months: nothing of a caller that has gone stays with it.
   */
  waitForEnd(signal?: AbortSignal): Promise<ExitStatus | undefined> {
    if (this.#end || signal?.aborted) return Promise.resolve(this.#end);
    return new Promise((resolve) => {
      const settle = (end?: ExitStatus): void => {
        this.#waiting.delete(settle);
        signal?.removeEventListener('abort', give);
        resolve(end);
      };
      const give = (): void => settle();
      this.#waiting.add(settle);
      signal?.addEventListener('abort', give);
    });
  }

  /**
   * A size that cannot be written is dropped: the container has ended, or its pty host is busy and the next size
   * counts.
   */
  #sendSize(line: string): void {
    try {
      const pipe = openSync(this.bundle.sizes, constants.O_WRONLY | constants.O_NONBLOCK);
      try {
        writeSync(pipe, line);
      } finally {
        closeSync(pipe);
      }
    } catch (error) {
      if (!['ENOENT', 'ENXIO', 'EAGAIN'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }

  /** Call it when the container has ended: closes its input, and tells those who wait. */
  end(end: ExitStatus): void {
    this.input?.close();
    this.#end = end;
    for (const settle of [...this.#waiting]) settle(end);
  }
}
