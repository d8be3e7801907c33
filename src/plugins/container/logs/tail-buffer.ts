/** Keeps the last bytes of what is written to it. */
export class TailBuffer {
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #isCut = false;

  constructor(private readonly limit: number) {}

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (let first = this.#chunks[0]; first && this.#size - first.length >= this.limit; first = this.#chunks[0]) {
      this.#chunks.shift();
      this.#size -= first.length;
      this.#isCut = true;
    }
  }

  /** At most so many lines of it. An incomplete character at its start is left out. */
  text(lines = Number.POSITIVE_INFINITY): string {
    const bytes = Buffer.concat(this.#chunks);
    let start = Math.max(0, bytes.length - this.limit);
    if (start > 0 || this.#isCut) while (isContinuation(bytes[start])) start++;
    return lastLines(bytes.subarray(start).toString('utf8'), lines);
  }
}

/** In UTF-8. */
function isContinuation(byte = 0): boolean {
  return (byte & 0xc0) === 0x80;
}

function lastLines(text: string, count: number): string {
  if (count === 0) return '';
  let start = text.length - (text.endsWith('\n') ? 1 : 0);
  for (let line = 0; line < count; line++) {
    start = start === 0 ? -1 : text.lastIndexOf('\n', start - 1);
    if (start < 0) return text;
  }
  return text.slice(start + 1);
}
