import { readSync } from 'node:fs';
import { ArchiveError } from '../archive/index.js';

/**
 * Several archives through one pipe: for each a job, in JSON, and then its bytes. Both are sent in frames, each after its
 * length in four bytes, little-endian. A frame of length 0 ends an archive.
 */

const HEADER_BYTES = 4;

/** The header of a frame of `length` bytes. */
export function frameHeader(length: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32LE(length);
  return header;
}

/** Reads frames synchronously, in the worker. */
export class FrameReader {
  readonly #header = Buffer.alloc(HEADER_BYTES);
  /** Bytes of the frame that is being read. */
  #left = 0;
  #atEnd = false;

  constructor(private readonly fd: number) {}

  /** The next job; then `read` returns its archive. Undefined at the end of the input. */
  job(): string | undefined {
    this.#atEnd = false;
    if (!this.#fill(this.#header)) return undefined;
    const bytes = Buffer.alloc(this.#header.readUInt32LE());
    return this.#fill(bytes) ? bytes.toString() : undefined;
  }

  /**
   * As `readSync`: bytes of the archive, 0 at its end.
   * @throws ArchiveError where the input ends before that
   */
  read(buffer: Buffer, offset: number, length: number): number {
    if (this.#left === 0 && !this.#atEnd) {
      if (!this.#fill(this.#header)) throw gone();
      this.#left = this.#header.readUInt32LE();
      this.#atEnd = this.#left === 0;
    }
    if (this.#atEnd) return 0;
    const count = readSync(this.fd, buffer, offset, Math.min(length, this.#left), null);
    if (count === 0) throw gone();
    this.#left -= count;
    return count;
  }

  /** @returns whether there was that much */
  #fill(buffer: Buffer): boolean {
    for (let done = 0; done < buffer.length; ) {
      const count = readSync(this.fd, buffer, done, buffer.length - done, null);
      if (count === 0) return false;
      done += count;
    }
    return true;
  }
}

function gone(): ArchiveError {
  return new ArchiveError('the archive breaks off');
}
