import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MAX_WINDOW, unzstdFrames } from './zstd.js';
import { ZstdFrames } from './zstd-frames.js';

/**
 * A process of its own that decompresses zstd data with a large window, from stdin to stdout: its memory is given back with
 * it.
 */
pipeline(
  Readable.from(unzstdFrames(new ZstdFrames(process.stdin), MAX_WINDOW), { objectMode: false }),
  process.stdout,
).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`, () => process.exit(1));
});
