import { GantryError } from '../../../kernel/index.js';
import { ChunkReader } from './chunk-reader.js';

const MAGIC = 0xfd2f_b528;
const SKIPPABLE_MAGIC = 0x184d_2a50;
const SKIPPABLE_MASK = 0xffff_fff0;
const DICTIONARY_ID_SIZES = [0, 1, 2, 4];
const CONTENT_SIZE_SIZES = [0, 2, 4, 8];
const SINGLE_SEGMENT = 0x20;
const HAS_CHECKSUM = 0x04;
const RLE_BLOCK = 1;
const CHUNK = 128 * 1024;

/**
 * Cuts zstd data (RFC 8878) into chunks of which none goes over the end of a frame, and leaves skippable frames out.
 * Node's decompressor ends without a word at the first frame's end when that is inside of a chunk, and `pzstd` and
 * `zstd:chunked` write many frames.
 */
export class ZstdFrames {
  readonly #input: ChunkReader;
  /** The header of the next frame, whose window is larger than was asked for. */
  #header: Buffer | undefined;

  constructor(source: AsyncIterable<Buffer>) {
    this.#input = new ChunkReader(source);
  }

  /** Whether `upTo` has ended at a frame that needs more. */
  get hasMore(): boolean {
    return this.#header !== undefined;
  }

  /** The frames up to the first that needs a larger window, which is memory of the decompressor. */
  async *upTo(window: number): AsyncGenerator<Buffer> {
    for (;;) {
      this.#header ??= await this.#nextHeader();
      if (!this.#header || windowOf(this.#header) > window) return;
      const header = this.#header;
      this.#header = undefined;
      yield* inChunks(frame(this.#input, header));
    }
  }

  async #nextHeader(): Promise<Buffer | undefined> {
    for (;;) {
      const magic = await this.#input.take(4);
      if (magic.length === 0) return undefined;
      const number = magic.length === 4 ? magic.readUInt32LE() : 0;
      if ((number & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) await skip(this.#input);
      else if (number === MAGIC) return headerOf(this.#input, magic);
      else throw new GantryError('invalid', 'the archive cannot be decompressed: something follows its zstd data');
    }
  }
}

async function skip(input: ChunkReader): Promise<void> {
  const size = await input.take(4);
  let left = size.length === 4 ? size.readUInt32LE() : 0;
  while (left > 0) {
    const { length } = await input.upTo(left);
    if (length === 0) return;
    left -= length;
  }
}

/** A frame's header, as far as the input goes. */
async function headerOf(input: ChunkReader, magic: Buffer): Promise<Buffer> {
  const descriptor = await input.take(1);
  return Buffer.concat([magic, descriptor, await input.take(headerLength(descriptor[0] ?? 0))]);
}

/** Bytes that a decompressor keeps of what it has written. A frame of a single segment has no window but all of its content. */
function windowOf(header: Buffer): number {
  const flags = header[4] ?? 0;
  if (header.length < 5 + headerLength(flags)) return 0;
  if (flags & SINGLE_SEGMENT) return contentSize(header, 5 + (DICTIONARY_ID_SIZES[flags & 3] ?? 0));
  const descriptor = header[5] ?? 0;
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(header: Buffer, offset: number): number {
  const length = header.length - offset;
  if (length === 8) return Number(header.readBigUInt64LE(offset));
  return header.readUIntLE(offset, length) + (length === 2 ? 256 : 0);
}

/** One frame, as far as the input goes: the decompressor reports a truncated one. */
async function* frame(input: ChunkReader, start: Buffer): AsyncGenerator<Buffer> {
  const flags = start[4] ?? 0;
  yield start;
  for (let isLast = false; !isLast; ) {
    const header = await input.take(3);
    yield header;
    if (header.length < 3) return;
    const fields = header.readUIntLE(0, 3);
    isLast = (fields & 1) === 1;
    yield* input.pass(((fields >> 1) & 3) === RLE_BLOCK ? 1 : fields >> 3);
  }
  if (flags & HAS_CHECKSUM) yield await input.take(4);
}

function headerLength(flags: number): number {
  const isSingle = (flags & SINGLE_SEGMENT) !== 0;
  const contentSize = CONTENT_SIZE_SIZES[flags >> 6] || Number(isSingle);
  return Number(!isSingle) + (DICTIONARY_ID_SIZES[flags & 3] ?? 0) + contentSize;
}

async function* inChunks(pieces: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    pending.push(piece);
    size += piece.length;
    if (size < CHUNK) continue;
    yield Buffer.concat(pending);
    pending = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(pending);
}
