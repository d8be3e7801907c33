import { type CommandContext, humanSize } from '../../../kernel/index.js';
import { barText } from './bar-text.js';

const SHOWN_AFTER_MS = 500;
const REDRAWN_AFTER_MS = 100;
const BAR_WIDTH = 50;
const ERASE_LINE = '\r\x1b[K';

/**
 * Shows the progress of a long transfer on the client's terminal. Draws nothing for a short one, or without a terminal.
 */
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

  /** Passes bytes on, and shows their count. */
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
    return barText(bytes, this.total, BAR_WIDTH);
  }
}
