import { createHash } from 'node:crypto';
import { ArchiveError } from './archive-error.js';

/** Fits a core's cache: a larger buffer halves the speed of copying. */
const CAPACITY = 256 * 1024;

/** As `readSync` of a descriptor: how many bytes it gave, 0 at the end. */
type Read = (buffer: Buffer, offset: number, length: number) => number;

/**
 * Reads an archive to its end, in order, through one buffer, and hashes it. A returned view is valid until the next
 * call.
 */
export class ByteSource {
  readonly #buffer = Buffer.allocUnsafeSlow(CAPACITY);
  readonly #hash = createHash('sha256');
  readonly #read: Read;
  readonly #limit: number;
  #total = 0;
  #start = 0;
  #end = 0;
  #ended = false;
  /** Called with all bytes that `take` and `upTo` return. */
  onBytes: (bytes: Buffer) => void = () => {};

  /** @param limit bytes at which the input counts as a bomb */
  constructor(read: Read, limit = Number.POSITIVE_INFINITY) {
    this.#read = read;
    this.#limit = limit;
  }

  /** Exactly `length` bytes, fewer only at the end of input. `length` is far below the capacity. */
  take(length: number): Buffer {
    while (this.#end - this.#start < length && !this.#ended) this.#fill();
    return this.upTo(length);
  }

  /** 1 to `length` bytes, as many as are at hand; none at the end of input. */
  upTo(length: number): Buffer {
    const bytes = this.bodyUpTo(length);
    this.onBytes(bytes);
    return bytes;
  }

  /** Like `upTo`, but for bytes that are written to a file: `onBytes` is not called. */
  bodyUpTo(length: number): Buffer {
    if (this.#start === this.#end && !this.#ended) this.#fill();
    const stop = Math.min(this.#end, this.#start + length);
    const view = this.#buffer.subarray(this.#start, stop);
    this.#start = stop;
    return view;
  }

  drain(): void {
    while (this.upTo(CAPACITY).length > 0);
  }

  /** Hex SHA-256 of all that was read. Ends the reading. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  #fill(): void {
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    const count = this.#read(this.#buffer, this.#end, CAPACITY - this.#end);
    this.#hash.update(this.#buffer.subarray(this.#end, this.#end + count));
    this.#end += count;
    this.#total += count;
    if (this.#total > this.#limit) throw tooLarge(this.#limit);
    this.#ended = count === 0;
  }
}

function tooLarge(limit: number): ArchiveError {
  const hint = "If it is meant to, give the engine's disk more space, or the engine a higher GANTRY_MAX_LAYER_SIZE";
  return new ArchiveError(`the archive unpacks to more than ${limit} bytes`, { hint });
}
