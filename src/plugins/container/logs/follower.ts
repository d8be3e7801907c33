import type { OutputStream } from '../contracts/index.js';
import { LogReader } from './log-reader.js';
import type { LogRecord, RecordSink } from './log-record.js';

const MOST_KEPT_BYTES = 64 << 10;

/** One reader of a growing log. */
export class Follower {
  readonly #reader: LogReader;
  #busy = false;
  #ended = false;
  #stopped = false;
  #closed = false;
  #resolve = (): void => {};
  /** Resolves when the log has ended and the sink has received all of it, or when the follower was stopped. */
  readonly done = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  constructor(
    path: string,
    position: number,
    private readonly sink: RecordSink,
    readonly attached: boolean,
    private readonly onAdvance: () => void,
  ) {
    this.#reader = new LogReader(path, position, !attached);
  }

  /** The sink has received everything before this offset. */
  get position(): number {
    return this.#reader.position;
  }

  /** Whether it would accept a chunk now: its sink has received everything before. */
  get isReady(): boolean {
    return !this.#busy && !this.#stopped;
  }

  /**
   * Passes on an appended chunk at once, if the sink has received everything before. `size` is the log's size with it.
   */
  offer(stream: OutputStream, chunk: Uint8Array, time: number, size: number): void {
    if (!this.isReady) return;
    // All of a long chunk is kept only for those that are attached, of whom there are few.
    if (this.#reader.isAfterGap || (!this.attached && chunk.length > MOST_KEPT_BYTES)) {
      this.catchUp();
      return;
    }
    const place = { position: this.#reader.position, isAfterGap: false, isRest: false };
    const more = this.sink(stream, Buffer.from(chunk), time, place);
    this.#reader.skipTo(size);
    if (more) this.#wait(more);
  }

  /** Reads on from its offset, as fast as the sink accepts. */
  catchUp(): void {
    if (!this.#busy && !this.#closed) this.#wait(undefined);
  }

  /** No more will be appended to the log. */
  end(): void {
    this.#ended = true;
    if (!this.#closed) this.#reader.holdRest();
    this.catchUp();
  }

  /** Passes nothing more to the sink. */
  stop(): void {
    this.#stopped = true;
    this.#close();
  }

  async #wait(more: Promise<void> | undefined): Promise<void> {
    this.#busy = true;
    try {
      await more;
      for (let records = this.#next(); records.length > 0; records = this.#next()) {
        if (this.attached) this.onAdvance();
        for (const record of records) {
          if (!this.#stopped) await this.sink(record.stream, record.data, record.time, record);
        }
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
