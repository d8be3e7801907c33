import { closeSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { makeTempFolder } from '../fs/index.js';

interface Extent {
  readonly from: number;
  readonly size: number;
}

/**
 * The files of an archive that are no layers, by their paths: on the disk, one after another in a file that has no name
 * any more, so that nothing is left of it however this ends. What is kept in memory is where each of them is.
 */
export class TextStore {
  readonly #extents = new Map<string, Extent>();
  #end = 0;
  #buffer = Buffer.alloc(0);

  private constructor(private readonly file: FileHandle) {}

  /** @param parent a folder whose abandoned temporary folders are looked for */
  static async in(parent: string): Promise<TextStore> {
    const { path, fd } = makeTempFolder(parent);
    try {
      return new TextStore(await open(join(path, 'texts'), 'wx+', 0o600));
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
    this.#extents.set(path, { from, size: this.#end - from });
  }

  has(path: string): boolean {
    return this.#extents.has(path);
  }

  /** The bytes are valid until the next call: one buffer serves all, because buffers are collected late. */
  async read(path: string): Promise<Buffer | undefined> {
    const extent = this.#extents.get(path);
    if (!extent) return undefined;
    if (this.#buffer.length < extent.size) this.#buffer = Buffer.allocUnsafeSlow(extent.size);
    const bytes = this.#buffer.subarray(0, extent.size);
    for (let done = 0; done < extent.size; ) {
      const { bytesRead } = await this.file.read(bytes, done, extent.size - done, extent.from + done);
      if (bytesRead === 0) throw new Error(`what was kept of ${path} is not there`);
      done += bytesRead;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
