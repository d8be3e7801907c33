import { closeSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { makeTempFolder } from '../temp-folder.js';

interface Place {
  readonly from: number;
  readonly size: number;
}

/**
 * The files of an archive that are no layers, by their paths: on the disk, one after another in a file that has no name
 * any more, so that nothing is left of it however this ends. What is kept in memory is where each of them is.
 */
export class Texts {
  readonly #places = new Map<string, Place>();
  #end = 0;
  #buffer = Buffer.alloc(0);

  private constructor(private readonly file: FileHandle) {}

  /** @param parent a folder whose abandoned temporary folders are looked for */
  static async in(parent: string): Promise<Texts> {
    const { path, fd } = makeTempFolder(parent);
    try {
      return new Texts(await open(join(path, 'texts'), 'wx+', 0o600));
    } finally {
      rmSync(path, { recursive: true, force: true });
      closeSync(fd);
    }
  }

  /** Bytes of all of them. */
  get size(): number {
    return this.#end;
  }

  async add(path: string, content: Readable): Promise<void> {
    const from = this.#end;
    for await (const chunk of content) {
      await this.file.writeFile(chunk as Buffer);
      this.#end += (chunk as Buffer).length;
    }
    this.#places.set(path, { from, size: this.#end - from });
  }

  has(path: string): boolean {
    return this.#places.has(path);
  }

  /** What is given holds until the next call: one buffer serves all, for buffers are slow to be collected. */
  async read(path: string): Promise<Buffer | undefined> {
    const place = this.#places.get(path);
    if (!place) return undefined;
    if (this.#buffer.length < place.size) this.#buffer = Buffer.allocUnsafeSlow(place.size);
    const bytes = this.#buffer.subarray(0, place.size);
    for (let done = 0; done < place.size; ) {
      const { bytesRead } = await this.file.read(bytes, done, place.size - done, place.from + done);
      if (bytesRead === 0) throw new Error(`what was kept of ${path} is not there`);
      done += bytesRead;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
