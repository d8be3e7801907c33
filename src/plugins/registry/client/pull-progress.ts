import type { Writable } from 'node:stream';
import type { CommandContext } from '../../../kernel/index.js';
import { barText } from '../../image/index.js';
import type { TransferProgress } from '../contracts/index.js';

const REDRAWN_AFTER_MS = 100;
const BAR_WIDTH = 30;
const ERASE_LINE = '\x1b[2K';

interface Layer {
  state: string;
  done: number;
  total: number;
}

interface Screen {
  readonly stream: Writable;
  readonly terminal: CommandContext['terminal'];
}

/** The progress display of a pull or push. @param quiet shows nothing */
export function progressFor(
  context: Pick<CommandContext, 'stdout' | 'stderr' | 'terminal'>,
  to: 'stdout' | 'stderr',
  quiet: boolean,
): TransferProgress & { end(): void } {
  if (quiet) return { layer: () => {}, say: () => {}, end: () => {} };
  const screen = { stream: context[to], terminal: context.terminal };
  return context.terminal[to] ? new Bars(screen) : new Lines(screen);
}

/** Without a terminal: a line for each change of a layer's state. */
class Lines implements TransferProgress {
  readonly #states = new Map<string, string>();

  constructor(private readonly screen: Screen) {}

  layer(id: string, state: string, done = 0, total = 0): void {
    if (this.#states.get(id) === state || (done > 0 && done < total)) return;
    const isMoving = total > 0 && state.endsWith('ing');
    if (isMoving && done === total) return;
    this.#states.set(id, state);
    this.say(`${id}: ${state}`);
  }

  say(line: string): void {
    this.screen.stream.write(`${line}\n`);
  }

  end(): void {}
}

/** On a terminal: a line for each layer, redrawn in place, and below them the total. */
class Bars implements TransferProgress {
  readonly #layers = new Map<string, Layer>();
  #lines = 0;
  #drawn = 0;

  constructor(private readonly screen: Screen) {}

  layer(id: string, state: string, done = 0, total = 0): void {
    const layer = this.#layers.get(id) ?? { state, done, total };
    const isNews = layer.state !== state || !this.#layers.has(id);
    this.#layers.set(id, Object.assign(layer, { state, done, total }));
    const now = Date.now();
    // A slow terminal gets the next state instead.
    if (this.screen.stream.writableNeedDrain || (!isNews && now - this.#drawn < REDRAWN_AFTER_MS)) return;
    this.#drawn = now;
    this.#draw();
  }

  say(line: string): void {
    this.end();
    this.screen.stream.write(`${line}\n`);
  }

  end(): void {
    if (this.#lines > 0) this.#draw();
    this.#lines = 0;
    this.#layers.clear();
  }

  #draw(): void {
    const width = (this.screen.terminal.size?.columns ?? 80) - 1;
    const room = Math.max(1, (this.screen.terminal.size?.rows ?? 24) - 2);
    // Lines that have scrolled away cannot be redrawn: only active layers are shown.
    const all = [...this.#layers];
    const shown = all.length <= room ? all : all.filter(([, { state }]) => state.endsWith('ing')).slice(0, room);
    const lines = [...shown.map(([id, layer]) => `${id}: ${text(layer)}`), this.#total()];
    const up = this.#lines > 0 ? `\x1b[${this.#lines}A\x1b[J` : '';
    this.#lines = lines.length;
    this.screen.stream.write(up + lines.map((line) => `\r${ERASE_LINE}${line.slice(0, width)}\n`).join(''));
  }

  #total(): string {
    const layers = [...this.#layers.values()];
    const done = layers.reduce((sum, layer) => sum + layer.done, 0);
    const total = layers.reduce((sum, layer) => sum + layer.total, 0);
    return total === 0 ? '' : `Total: ${text({ state: '', done, total })}`;
  }
}

function text({ state, done, total }: Layer): string {
  if (total === 0 || (state !== '' && !state.endsWith('ing'))) return state;
  return `${state} ${barText(done, total, BAR_WIDTH)}`.trim();
}
