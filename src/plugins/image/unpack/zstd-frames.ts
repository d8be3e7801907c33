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
export async function* zstdFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = new ChunkReader(source);
  for (let magic = await input.take(4); magic.length > 0; magic = await input.take(4)) {
    const number = magic.length === 4 ? magic.readUInt32LE() : 0;
    if ((number & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) await skip(input);
    else if (number === MAGIC) yield* inChunks(frame(input, magic));
    else throw new GantryError('invalid', 'the archive cannot be decompressed: something follows its zstd data');
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

/** One frame, as far as the input goes: the decompressor reports a truncated one. */
async function* frame(input: ChunkReader, magic: Buffer): AsyncGenerator<Buffer> {
  const descriptor = await input.take(1);
  const flags = descriptor[0] ?? 0;
  yield Buffer.concat([magic, descriptor, await input.take(headerLength(flags))]);
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
