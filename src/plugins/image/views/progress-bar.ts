import { type CommandContext, humanSize } from '../../../kernel/index.js';

const SHOWN_AFTER_MS = 500;
const REDRAWN_AFTER_MS = 100;
const BAR_WIDTH = 50;
const ERASE_LINE = '\r\x1b[K';

/** Tells on the client's terminal how far a long transfer is. Draws nothing for a short one, or without a terminal. */
export class ProgressBar {
  readonly #started = Date.now();
  #drawn = 0;

  constructor(
    private readonly what: string,
    private readonly total: number | undefined,
    private readonly context: Pick<CommandContext, 'stderr' | 'terminal'>,
  ) {}

  update(bytes: number): void {
    const now = Date.now();
    const { stderr, terminal } = this.context;
    if (!terminal.stderr || now - this.#started < SHOWN_AFTER_MS || now - this.#drawn < REDRAWN_AFTER_MS) return;
    // A terminal that does not keep up gets the next state instead.
    if (stderr.writableNeedDrain) return;
    this.#drawn = now;
    stderr.write(`${ERASE_LINE}${this.what} ${this.#state(bytes)}`);
  }

  /** Passes bytes on, and tells of them. */
  async *counting(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of chunks) {
      yield chunk;
      bytes += chunk.length;
      this.update(bytes);
    }
  }

  end(): void {
    if (this.#drawn > 0) this.context.stderr.write(ERASE_LINE);
  }

  #state(bytes: number): string {
    if (this.total === undefined) return humanSize(bytes);
    const filled = Math.min(BAR_WIDTH, Math.floor((bytes / this.total) * BAR_WIDTH));
    const bar = `${'='.repeat(filled)}>`.slice(0, BAR_WIDTH).padEnd(BAR_WIDTH);
    return `[${bar}] ${humanSize(bytes)}/${humanSize(this.total)}`;
  }
}
