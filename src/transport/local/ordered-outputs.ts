import type { LocalSink } from './stdout-target.js';

/**
 * Keeps the order in which bytes came for the two outputs of a call, which often are one file: while one has to wait, nothing
 * overtakes what waits.
 */
export class OrderedOutputs {
  /** Has not written all that it was given. */
  #busy: LocalSink | undefined;
  #queue: { readonly sink: LocalSink; readonly bytes: Buffer }[] = [];
  #drained: (() => void)[] = [];

  /** @returns false if some of it has to wait. The bytes may be reused at once either way. */
  write(sink: LocalSink, bytes: Buffer): boolean {
    if (this.#busy && (this.#busy !== sink || this.#queue.length > 0)) {
      this.#queue.push({ sink, bytes: Buffer.from(bytes) });
      return false;
    }
    const isWritten = sink.write(bytes);
    if (!(isWritten || this.#busy)) this.#wait(sink);
    return isWritten;
  }

  /** Calls back when nothing waits, or nothing can be written any more. */
  whenDrained(listener: () => void): void {
    if (this.#busy) this.#drained.push(listener);
    else listener();
  }

  #wait(sink: LocalSink): void {
    this.#busy = sink;
    sink.whenDrained(() => this.#advance());
  }

  #advance(): void {
    this.#busy = undefined;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      if (next.sink.write(next.bytes)) continue;
      this.#wait(next.sink);
      return;
    }
    const listeners = this.#drained;
    this.#drained = [];
    for (const listener of listeners) listener();
  }
}
