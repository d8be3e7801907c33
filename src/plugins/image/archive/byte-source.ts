import { readSync } from 'node:fs';

/** What fits a core's cache: a larger buffer makes copying half as fast. */
const CAPACITY = 256 * 1024;

/** Reads a descriptor to its end, in order, through one buffer. A returned view is valid until the next call. */
export class ByteSource {
  readonly #buffer = Buffer.allocUnsafeSlow(CAPACITY);
  readonly #fd: number;
  #start = 0;
  #end = 0;
  #ended = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Exactly `length` bytes, fewer only at the end of input. `length` is far below the capacity. */
  take(length: number): Buffer {
    while (this.#end - this.#start < length && !this.#ended) this.#fill();
    return this.upTo(length);
  }

  /** 1 to `length` bytes, as many as are at hand; none at the end of input. */
  upTo(length: number): Buffer {
    if (this.#start === this.#end && !this.#ended) this.#fill();
    const stop = Math.min(this.#end, this.#start + length);
    const view = this.#buffer.subarray(this.#start, stop);
    this.#start = stop;
    return view;
  }

  drain(): void {
    while (this.upTo(CAPACITY).length > 0);
  }

  #fill(): void {
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    const count = readSync(this.#fd, this.#buffer, this.#end, CAPACITY - this.#end, null);
    this.#end += count;
    this.#ended = count === 0;
  }
}
