import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GantryError } from '../../../kernel/index.js';
import {
  ArchiveError,
  BLOCK_SIZE,
  type BlockHeader,
  decodeHeader,
  EntryHeaders,
  isEntryHeader,
  isZeroBlock,
  paxInteger,
} from '../archive/index.js';
import { type PathBytes, printable } from '../fs/index.js';
import { ChunkReader, decompression } from '../unpack/index.js';

/** A file of an archive of images, or a link in it. */
export interface ArchiveFile {
  readonly path: PathBytes;
  /** Where a link leads, as the archive has it. */
  readonly link: PathBytes | undefined;
  readonly size: number;
  /** To be read before the next file is asked for; the rest is left out. */
  readonly content: Readable;
}

const FILE_FLAGS = '\0' + '07';
const LINK_FLAGS = '12';

/**
 * Yields the files of an archive of images, compressed or not, in their order. Nothing is written to disk.
 * @throws GantryError `invalid` for an incomplete or damaged archive
 */
export async function* archiveFiles(archive: Readable): AsyncGenerator<ArchiveFile> {
  const plain = new PassThrough();
  try {
    const { source, stages } = await decompression(archive);
    // A failure in it appears where the plain bytes are read.
    pipeline([source, ...stages, plain] as never).catch(() => undefined);
    yield* files(new ChunkReader(plain));
  } catch (error) {
    if (error instanceof GantryError) throw error;
    throw unreadable((error as Error).message, error);
  } finally {
    plain.destroy();
  }
}

async function* files(input: ChunkReader): AsyncGenerator<ArchiveFile> {
  let headers = new EntryHeaders();
  let last: PathBytes = '';
  for (;;) {
    const block = await input.take(BLOCK_SIZE);
    if (block.length < BLOCK_SIZE)
      throw new ArchiveError(last ? `it ends after ${printable(last)}` : 'it is no tar archive');
    if (isZeroBlock(block)) break;
    const header = headerOf(block, last);
    if (isEntryHeader(header)) {
      headers.admit(header);
      headers.add(header, await input.take(header.size));
      await input.take(fill(header.size));
      continue;
    }
    const { records } = headers;
    const size = FILE_FLAGS.includes(header.flag) ? (paxInteger(records, 'size') ?? header.size) : 0;
    const path = (records.get('path') || header.name).replace(/^(?:\.?\/)+/, '');
    last = path;
    const body = new Body(input, size, path);
    const link = LINK_FLAGS.includes(header.flag) ? records.get('linkpath') || header.link : undefined;
    if (FILE_FLAGS.includes(header.flag) || link !== undefined) {
      const content = Readable.from(body.chunks(), { objectMode: false });
      yield { path, link, size, content };
      await ended(content);
    }
    await body.skip();
    headers = new EntryHeaders();
  }
  // Read to the end, so that the writer of the archive gets no broken pipe.
  while ((await input.upTo(BLOCK_SIZE * BLOCK_SIZE)).length > 0);
}

function headerOf(block: Buffer, last: PathBytes): BlockHeader {
  try {
    return decodeHeader(block);
  } catch (error) {
    throw last
      ? new ArchiveError(`after ${printable(last)}: ${(error as Error).message}`)
      : new ArchiveError('it is no tar archive');
  }
}

/** A stream that was not read to its end may still read ahead, and would take bytes of the next file. */
async function ended(content: Readable): Promise<void> {
  content.destroy();
  if (!content.closed) await new Promise((resolve) => content.once('close', resolve));
}

/** The bytes of one file. */
class Body {
  #left: number;

  constructor(
    private readonly input: ChunkReader,
    private readonly size: number,
    private readonly path: PathBytes,
  ) {
    this.#left = size;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    while (this.#left > 0) {
      const chunk = await this.input.upTo(this.#left);
      if (chunk.length === 0) throw unreadable(`it ends in the middle of ${printable(this.path)}`);
      this.#left -= chunk.length;
      yield chunk;
    }
  }

  /** To the start of the next header. */
  async skip(): Promise<void> {
    for await (const _ of this.chunks());
    await this.input.take(fill(this.size));
  }
}

function unreadable(why: string, cause?: unknown): GantryError {
  return new GantryError('invalid', `the archive cannot be read: ${why}`, { cause });
}

function fill(size: number): number {
  return (BLOCK_SIZE - (size % BLOCK_SIZE)) % BLOCK_SIZE;
}
