import type { Writable } from 'node:stream';
import { CreditedOutput } from '../../streams/index.js';

interface Entry {
  readonly output: CreditedOutput;
  /** Called once, when the reader first asks for something. */
  onWanted: (() => void) | undefined;
}

/** How many streams may be heard of before they are opened here. */
const MAX_EARLY = 2000;

/**
 * The writing ends of streams that are sent against credit. Credit may come before its stream is opened here, and after
 * it has ended: the first is kept, the second is not, and after the reader's `stop` no more can come.
 */
export class CreditedOutputs {
  readonly #open = new Map<number, Entry>();
  readonly #early = new Map<number, number | 'stopped'>();
  /** Ended here, and not yet stopped by the reader. */
  readonly #ended = new Set<number>();

  constructor(
    private readonly send: (stream: number, bytes: Buffer, done: (error?: Error | null) => void) => void,
    private readonly sendEnd: (stream: number) => void,
  ) {}

  open(stream: number, onWanted?: () => void): Writable {
    const output = new CreditedOutput(
      (bytes, done) => this.send(stream, bytes, done),
      () => this.sendEnd(stream),
    );
    this.#open.set(stream, { output, onWanted });
    output.once('close', () => {
      if (this.#open.delete(stream)) this.#ended.add(stream);
    });
    const early = this.#early.get(stream);
    this.#early.delete(stream);
    if (early === 'stopped') this.stop(stream);
    else if (early !== undefined) this.grant(stream, early);
    return output;
  }

  grant(stream: number, bytes: number): void {
    const entry = this.#open.get(stream);
    if (entry) {
      entry.onWanted?.();
      entry.onWanted = undefined;
      entry.output.grant(bytes);
      return;
    }
    const early = this.#early.get(stream) ?? 0;
    if (this.#ended.has(stream) || early === 'stopped') return;
    if (this.#early.size < MAX_EARLY) this.#early.set(stream, early + bytes);
  }

  /** Ends it: the reader has gone. */
  stop(stream: number): void {
    const entry = this.#open.get(stream);
    if (this.#open.delete(stream)) entry?.output.destroy();
    else if (!this.#ended.delete(stream) && this.#early.size < MAX_EARLY) this.#early.set(stream, 'stopped');
  }

  destroy(): void {
    for (const { output } of this.#open.values()) output.destroy();
    this.#open.clear();
  }
}
