import { createReadStream } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import type { Client, Outcome } from '../../contracts/index.js';

/** How a command line ended, and what it wrote. */
export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  /** With the words of an error, as a user would see them. */
  readonly stderr: string;
}

/** A client without a terminal that keeps what it is given. */
export class MemoryClient implements Client {
  readonly stdin = Readable.from([]);
  readonly #out: Buffer[] = [];
  readonly #err: Buffer[] = [];
  readonly stdout = sink(this.#out);
  readonly stderr = sink(this.#err);
  readonly env = {};
  readonly cwd = process.cwd();
  readonly gone: AbortSignal = new AbortController().signal;
  readonly terminal: Client['terminal'] = {
    ...{ stdin: false, stdout: false, stderr: false, size: undefined },
    onResize: () => {},
    setRaw: () => {},
  };

  onSignal(): void {}

  async openFile(path: string): Promise<Readable> {
    return createReadStream(path);
  }

  /** @param words of the failure, if there was one */
  answer({ exitCode }: Outcome, words: string): Answer {
    return {
      exitCode,
      stdout: Buffer.concat(this.#out).toString(),
      stderr: Buffer.concat(this.#err).toString() + words,
    };
  }
}

function sink(chunks: Buffer[]): Writable {
  return new Writable({
    write: (chunk: Buffer, _, done) => {
      chunks.push(chunk);
      done();
    },
  });
}
