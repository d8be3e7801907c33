import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { constants, createZstdDecompress } from 'node:zlib';
import { SHORT_LIVED_NODE } from '../../../host/index.js';
import { throughProgram, undecodable } from './program.js';
import { ZstdFrames } from './zstd-frames.js';

const PROGRAM = fileURLToPath(new URL('./zstd-worker.js', import.meta.url));
/**
 * Of decompressed bytes: pieces of zlib's usual 16 KiB cost more to hand on than to inflate, and of 256 KiB V8 lets 50 MB
 * more pile up before it clears away.
 */
export const CHUNK = 64 * 1024;
/** Of what is decompressed in the engine's own process: what RFC 8878 advises, and `zstd -19` uses. */
const MAX_OWN_WINDOW = 8 * 2 ** 20;
/** `zstd --ultra -20` uses it. */
export const MAX_WINDOW = 32 * 2 ** 20;

/** Decompresses zstd data; what needs much memory, in a process of its own. */
export async function* unzstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const frames = new ZstdFrames(source);
  yield* unzstdFrames(frames, MAX_OWN_WINDOW);
  if (frames.hasMore) yield* throughProgram(frames.upTo(MAX_WINDOW), process.execPath, [...SHORT_LIVED_NODE, PROGRAM]);
  if (frames.hasMore) throw undecodable(`its zstd data needs a window of more than ${MAX_WINDOW / 2 ** 20} MiB`);
}

/** Decompresses the frames up to the first that needs a larger window. */
export async function* unzstdFrames(frames: ZstdFrames, window: number): AsyncGenerator<Buffer> {
  const chunks = frames.upTo(window);
  const first = await chunks.next();
  if (first.done) return;
  const params = { [constants.ZSTD_d_windowLogMax]: Math.log2(window) };
  const decompressor = createZstdDecompress({ chunkSize: CHUNK, params });
  const input = async function* (): AsyncGenerator<Buffer> {
    yield first.value;
    yield* chunks;
  };
  // A failure of the input shows where the output is read.
  pipeline(Readable.from(input(), { objectMode: false }), decompressor).catch(() => undefined);
  yield* decompressor;
}
