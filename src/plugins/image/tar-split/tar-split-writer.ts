import { writeSync } from 'node:fs';
import { constants, zstdCompressSync } from 'node:zlib';
import type { Extent, UnpackRecorder } from '../archive/index.js';
import { cString, moveInto, type PathBytes } from '../fs/index.js';

/** A batch of records is compressed by itself. */
const BATCH_BYTES = 64 * 1024;
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Bytes that are in no file: `length`, the bytes. */
export const LITERAL = 0;
/** Bytes of a file: `length` of its path, the path, how many extents, offset and length of each. */
export const BODY = 1;
/** The file or folder of this path was moved into the tar-split folder, under the next number: `length`, the path. */
const MOVED = 2;

/**
 * Records how to make an archive again, byte for byte, from the files that were unpacked from it: the bytes that are in no
 * file, and between them references to the files. In batches: the length of the compressed batch, the batch.
 */
export class TarSplitWriter implements UnpackRecorder {
  #pending: Buffer[] = [];
  #size = 0;
  #moved = 0;

  /** @param folderFd the folder that files are moved to when a later entry replaces them */
  constructor(
    private readonly fd: number,
    private readonly folderFd: number,
  ) {}

  /** The bytes are copied. */
  literal(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const record = Buffer.allocUnsafe(5 + bytes.length);
    record.writeUInt8(LITERAL, 0);
    record.writeUInt32LE(bytes.length, 1);
    bytes.copy(record, 5);
    this.#add(record);
  }

  body(path: PathBytes, extents: readonly Extent[]): void {
    const numbers = Buffer.alloc(4 + 16 * extents.length);
    numbers.writeUInt32LE(extents.length, 0);
    for (const [index, { offset, length }] of extents.entries()) {
      numbers.writeBigUInt64LE(BigInt(offset), 4 + 16 * index);
      numbers.writeBigUInt64LE(BigInt(length), 12 + 16 * index);
    }
    this.#add(Buffer.concat([withPath(BODY, path), numbers]));
  }

  /** Takes a file or folder, whose bytes the archive may need, out of the layer. */
  keep(path: PathBytes): void {
    moveInto(cString(path), this.folderFd, String(this.#moved++));
    this.#add(withPath(MOVED, path));
  }

  end(): void {
    if (this.#size === 0) return;
    const batch = zstdCompressSync(Buffer.concat(this.#pending, this.#size), FAST);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(batch.length);
    const all = Buffer.concat([length, batch]);
    for (let done = 0; done < all.length; ) done += writeSync(this.fd, all, done);
    this.#pending = [];
    this.#size = 0;
  }

  #add(record: Buffer): void {
    this.#pending.push(record);
    this.#size += record.length;
    if (this.#size >= BATCH_BYTES) this.end();
  }
}

function withPath(kind: number, path: PathBytes): Buffer {
  const record = Buffer.allocUnsafe(3 + path.length);
  record.writeUInt8(kind, 0);
  record.writeUInt16LE(path.length, 1);
  record.write(path, 3, 'latin1');
  return record;
}
