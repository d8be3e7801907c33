import { createHash } from 'node:crypto';
import { createReadStream, writev } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
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
 * A layer's compressed bytes: those that are on disk, then the rest from the registry, which is written to disk as it
 * comes. To be ended with `end`, whatever has become of the bytes.
 */
export class Download {
  readonly #hash = createHash('sha256');
  #length = 0;
  #partial: PartialBlob | undefined;
  #unwritten: Buffer[] = [];
  #unwrittenBytes = 0;
  #writing: Promise<unknown> = Promise.resolve();
  #isFull = false;
  #isWhole = false;
  #isVerified = false;
  #isResumed = false;
  #isInterrupted = false;
  #hasEnded = false;

  /** @param progress called with the number of bytes so far, those on disk included */
  constructor(
    private readonly repository: Repository,
    private readonly blobs: BlobStore,
    private readonly layer: Descriptor,
    private readonly progress: (bytes: number) => void,
  ) {}

  /** All bytes in one stream, once. It fails at its end if digest or size are wrong. */
  stream(): Readable {
    return Readable.from(this.#run(), { objectMode: false, highWaterMark: READ_SIZE });
  }

  /**
   * Keeps what has come for the next attempt where the way or the caller has broken off, and deletes it where the bytes have
   * proved wrong.
   * @param error what the reader of the stream has failed with
   * @returns whether other bytes than before would come from the first byte on
   */
  async end(error?: unknown): Promise<boolean> {
    this.#hasEnded = true;
    const isWrong = error !== undefined && !this.repository.session.signal.aborted && provesWrong(error);
    const mayGoOn = this.repository.session.signal.aborted || this.#isInterrupted;
    if (this.#isWhole) return isWrong && !this.#isVerified && this.blobs.removeIfDamaged(this.layer.digest);
    await this.#flush(0);
    const missing = this.layer.size - this.#length;
    // None may spoil the next attempt, or fill the disk.
    if (!mayGoOn || this.#isFull || this.blobs.freeBytes() < missing) this.#partial?.discard();
    this.#partial?.close();
    this.#partial = undefined;
    return isWrong && !this.#isVerified && this.#isResumed;
  }

  async *#run(): AsyncGenerator<Buffer> {
    const { layer, blobs } = this;
    const whole = await blobs.open(layer.digest);
    this.#isWhole = whole !== undefined;
    if (whole !== undefined) yield* this.#fromWhole(whole);
    else {
      this.#partial = blobs.openPartial(layer.digest, this.repository.session.host);
      yield* this.#fromDisk();
      yield* this.#fromRegistry();
      await this.#flush(0);
    }
    this.#verify();
    if (this.#partial && !this.#isFull && !this.#hasEnded) blobs.complete(layer.digest, this.#partial);
  }

  async *#fromWhole(whole: FileHandle): AsyncGenerator<Buffer> {
    for await (const chunk of whole.createReadStream({ highWaterMark: READ_SIZE })) yield this.#count(chunk as Buffer);
  }

  async *#fromDisk(): AsyncGenerator<Buffer> {
    if (!this.#partial || this.#partial.length === 0) return;
    this.#isResumed = true;
    const options = { fd: this.#partial.fd, start: 0, autoClose: false, highWaterMark: READ_SIZE };
    for await (const chunk of createReadStream('', options)) yield this.#count(chunk as Buffer);
  }

  async *#fromRegistry(): AsyncGenerator<Buffer> {
    const patience = new RetryBudget(this.repository.session.signal);
    while (this.#length < this.layer.size) {
      const before = this.#length;
      this.#isResumed ||= before > 0;
      try {
        for await (const chunk of this.repository.bytes(this.layer.digest, before)) {
          const piece = this.#count(chunk);
          await this.#store(piece);
          yield piece;
        }
        // The body ended early without an error: a second request returns the rest, or nothing.
        if (this.#length === before) return;
      } catch (error) {
        this.repository.session.signal.throwIfAborted();
        patience.passed(this.#length - before);
        await patience.after(error).catch((failure: unknown) => {
          this.#isInterrupted = !provesWrong(failure);
          throw failure;
        });
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
    if (!this.#partial || this.#isFull || this.#hasEnded) return;
    this.#unwritten.push(chunk);
    this.#unwrittenBytes += chunk.length;
    await this.#flush(WRITE_SIZE);
  }

  /** Writes the gathered bytes, if they are at least `least`, after the write before has ended. */
  async #flush(least: number): Promise<void> {
    if (!this.#partial || this.#unwrittenBytes < least) return;
    await this.#writing;
    if (!this.#partial) return;
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
    this.#isVerified = true;
  }

  #mismatch(why: string): GantryError {
    const { name, session } = this.repository;
    return new GantryError('invalid', `layer ${shortId(this.layer.digest)} of ${name} from ${session.host} ${why}`);
  }
}

/** Whether a failure is one of the bytes themselves, not of the way that they came or of the place that they went to. */
function provesWrong(error: unknown): boolean {
  return !(error instanceof GantryError) || error.kind === 'invalid';
}
