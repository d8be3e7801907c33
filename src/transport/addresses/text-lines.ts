import { read } from 'node:fs';
import { promisify } from 'node:util';

const PIECE = 64 * 1024;
const NEWLINE = 0x0a;

/** A text file of the kernel's, read line by line, from its beginning each time, and never as a whole. */
export class TextLines {
  readonly #buffer = Buffer.allocUnsafe(PIECE);

  constructor(readonly fd: number) {}

  async each(act: (line: string) => void): Promise<void> {
    let kept = 0;
    let position = 0;
    for (;;) {
      const { bytesRead } = await promisify(read)(this.fd, this.#buffer, kept, PIECE - kept, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      kept = this.#take(kept + bytesRead, act);
    }
  }

  /** @returns how many bytes of an unfinished line are now at the beginning */
  #take(length: number, act: (line: string) => void): number {
    const bytes = this.#buffer.subarray(0, length);
    let begin = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, begin)) {
      act(bytes.toString('latin1', begin, end));
      begin = end + 1;
    }
    bytes.copyWithin(0, begin);
    // No line of such a file is that long.
    return length - begin === PIECE ? 0 : length - begin;
  }
}
