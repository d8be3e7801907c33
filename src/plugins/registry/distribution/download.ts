import { createHash } from 'node:crypto';
import { createReadStream, writev } from 'node:fs';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { GantryError, shortId } from '../../../kernel/index.js';
import type { Descriptor } from '../../image/index.js';
import type { BlobStore, PartialBlob } from '../blobs/index.js';
import { RetryBudget } from '../http/index.js';
import type { Repository } from './repository.js';

const writeAll = promisify(writev);
/** Bytes of a layer that a killed process may lose. */
const WRITE_SIZE = 256 * 1024;
const READ_SIZE = 256 * 1024;

/**
 * A layer's compressed bytes in one stream: the part on disk, then the rest from the registry, which is written to disk as
 * it comes. Fails at the end if digest or size are wrong.
 * @param progress called with the number of bytes so far, those on disk included
 */
export function downloadBlob(
  repository: Repository,
  blobs: BlobStore,
  layer: Descriptor,
  progress: (bytes: number) => void,
): Readable {
  return Readable.from(new Download(repository, blobs, layer, progress).run(), {
    objectMode: false,
    highWaterMark: READ_SIZE,
  });
}

class Download {
  readonly #hash = createHash('sha256');
  #length = 0;
  #partial: PartialBlob | undefined;
  #unwritten: Buffer[] = [];
  #unwrittenBytes = 0;
  #writing: Promise<unknown> = Promise.resolve();
  #isFull = false;

  constructor(
    private readonly repository: Repository,
    private readonly blobs: BlobStore,
    private readonly layer: Descriptor,
    private readonly progress: (bytes: number) => void,
  ) {}

  async *run(): AsyncGenerator<Buffer> {
    const { layer, blobs } = this;
    const whole = blobs.find(layer.digest);
    if (whole !== undefined) {
      yield* this.#fromWhole(whole);
      return;
    }
    this.#partial = blobs.openPartial(layer.digest);
    let isGood = false;
    try {
      yield* this.#fromDisk();
      yield* this.#fromRegistry();
      await this.#flush(0);
      this.#verify();
      isGood = true;
    } finally {
      await this.#finish(isGood);
    }
  }

  /** Reads a whole blob from disk. One that a power cut has damaged is deleted. */
  async *#fromWhole(whole: string): AsyncGenerator<Buffer> {
    for await (const chunk of createReadStream(whole, { highWaterMark: READ_SIZE })) yield this.#count(chunk as Buffer);
    try {
      this.#verify();
    } catch (error) {
      this.blobs.remove(this.layer.digest);
      throw error;
    }
  }

  async *#fromDisk(): AsyncGenerator<Buffer> {
    if (!this.#partial || this.#partial.length === 0) return;
    const options = { fd: this.#partial.fd, start: 0, autoClose: false, highWaterMark: READ_SIZE };
    for await (const chunk of createReadStream('', options)) yield this.#count(chunk as Buffer);
  }

  async *#fromRegistry(): AsyncGenerator<Buffer> {
    const patience = new RetryBudget(this.repository.session.signal);
    while (this.#length < this.layer.size) {
      const before = this.#length;
      try {
        for await (const chunk of this.repository.bytes(this.layer.digest, this.#length)) {
          const piece = this.#count(chunk);
          await this.#store(piece);
          yield piece;
        }
        // The body ended early without an error: a second request returns the rest, or nothing.
        if (this.#length === before) return;
      } catch (error) {
        this.repository.session.signal.throwIfAborted();
        await patience.after(error);
      }
    }
  }

  /** Counts and hashes what comes. @throws GantryError for more than there should be */
  #count(chunk: Buffer): Buffer {
    this.#length += chunk.length;
    if (this.#length > this.layer.size) throw this.#mismatch('is larger than the manifest says');
    this.#hash.update(chunk);
    this.progress(this.#length);
    return chunk;
  }

  async #store(chunk: Buffer): Promise<void> {
    if (!this.#partial || this.#isFull) return;
    this.#unwritten.push(chunk);
    this.#unwrittenBytes += chunk.length;
    await this.#flush(WRITE_SIZE);
  }

  /** Writes the gathered bytes, if they are at least `least`, after the write before has ended. */
  async #flush(least: number): Promise<void> {
    if (!this.#partial || this.#unwrittenBytes < least) return;
    await this.#writing;
    const pieces = this.#unwritten.splice(0);
    this.#unwrittenBytes = 0;
    if (pieces.length > 0) {
      const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
      // The disk is full: the download continues without the file. If the unpacked layer does not fit, unpacking reports it.
      this.#writing = writeAll(this.#partial.fd, pieces).then(
        ({ bytesWritten }) => {
          this.#isFull ||= bytesWritten < bytes;
        },
        () => {
          this.#isFull = true;
        },
      );
    }
    if (least === 0) await this.#writing;
  }

  #verify(): void {
    if (this.#length !== this.layer.size) throw this.#mismatch('is smaller than the manifest says');
    if (`sha256:${this.#hash.digest('hex')}` !== this.layer.digest) throw this.#mismatch('is not what its digest says');
  }

  #mismatch(why: string): GantryError {
    const { name, session } = this.repository;
    return new GantryError('invalid', `layer ${shortId(this.layer.digest)} of ${name} from ${session.host} ${why}`);
  }

  async #finish(isGood: boolean): Promise<void> {
    if (!this.#partial) return;
    await this.#flush(0);
    const missing = this.layer.size - this.#length;
    // A wrong or incomplete part must not spoil the next attempt, and none may fill the disk.
    if (isGood && !this.#isFull) this.blobs.complete(this.layer.digest, this.#partial);
    else if (this.#isFull || missing <= 0 || this.blobs.freeBytes() < missing)
      this.blobs.discardPartial(this.layer.digest, this.#partial);
    else this.blobs.closePartial(this.#partial);
  }
}
