import type { OutputStream } from '../contracts/index.js';

const NEWLINE = 0x0a;

/** Puts a prefix before each line of a stream that comes in chunks. A line may have any length. */
export class LinePrefix {
  readonly #isOpen: Partial<Record<OutputStream, boolean>> = {};

  constructor(private readonly prefixAt: (time: number) => Uint8Array) {}

  apply(stream: OutputStream, chunk: Uint8Array, time: number): Uint8Array {
    const prefix = this.prefixAt(time);
    const parts: Uint8Array[] = [];
    for (let at = 0; at < chunk.length; ) {
      const newline = chunk.indexOf(NEWLINE, at);
      const end = newline < 0 ? chunk.length : newline + 1;
      if (!this.#isOpen[stream]) parts.push(prefix);
      parts.push(chunk.subarray(at, end));
      this.#isOpen[stream] = newline < 0;
      at = end;
    }
    return Buffer.concat(parts);
  }
}

let last = Number.NaN;
let text = '';

/** RFC 3339 with nanoseconds, as Docker writes it. */
export function timestamp(time: number): string {
  if (time !== last) {
    last = time;
    text = `${new Date(time).toISOString().slice(0, -1)}000000Z`;
  }
  return text;
}
