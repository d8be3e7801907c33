import type { OutputStream } from '../contracts/index.js';

const NEWLINE = 0x0a;

/** Lines that begin after the first byte of the chunk. */
function linesBegunIn(chunk: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < chunk.length - 1; at++) if (chunk[at] === NEWLINE) count++;
  return count;
}

/** As `Buffer.copy`, without the cost of a call for the few bytes of most lines. @returns how many bytes */
function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  for (let index = start; index < end; index++) to[at + index - start] = from[index] ?? 0;
  return end - start;
}

/** Puts a prefix before each line of a stream that comes in chunks. A line may have any length. */
export class LinePrefix {
  readonly #isOpen: Partial<Record<OutputStream, boolean>> = {};

  constructor(private readonly prefixAt: (time: number) => Uint8Array) {}

  apply(stream: OutputStream, chunk: Uint8Array, time: number): Uint8Array {
    const prefix = this.prefixAt(time);
    // Copied in place: a chunk may be a million empty lines, each of which would be an object.
    const lines = linesBegunIn(chunk) + (this.#isOpen[stream] ? 0 : 1);
    const whole = Buffer.allocUnsafeSlow(chunk.length + lines * prefix.length);
    let filled = 0;
    for (let at = 0; at < chunk.length; ) {
      const newline = chunk.indexOf(NEWLINE, at);
      const end = newline < 0 ? chunk.length : newline + 1;
      if (!this.#isOpen[stream]) filled += copyBytes(prefix, 0, prefix.length, whole, filled);
      filled += copyBytes(chunk, at, end, whole, filled);
      this.#isOpen[stream] = newline < 0;
      at = end;
    }
    return whole.subarray(0, filled);
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
