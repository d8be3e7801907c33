import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { GantryError } from '../../../kernel/index.js';
import { openBeneath } from '../fs/index.js';
import { type Piece, tarSplitPieces } from '../tar-split/index.js';
import type { LayerStore } from './layer-store.js';

/** So much is kept for each client that does not read. */
const CHUNK = 16 * 1024;

/** The archive of a layer, byte for byte as it was unpacked, checked against its digest on the way. */
export async function* layerArchive(layers: LayerStore, diffId: string): AsyncGenerator<Buffer> {
  const leave = layers.keep(diffId);
  if (!leave) throw new GantryError('not found', `No such layer: ${diffId}`);
  const hash = createHash('sha256');
  try {
    for (const chunk of chunks(layers.path(diffId), layers.tarSplitPath(diffId))) {
      hash.update(chunk);
      yield chunk;
      // Files are read synchronously: other tasks get their turn between two chunks.
      await setImmediate();
    }
  } catch (error) {
    if (error instanceof GantryError) throw error;
    throw changed(diffId, error);
  } finally {
    leave();
  }
  if (`sha256:${hash.digest('hex')}` !== diffId) throw changed(diffId);
}

/** The number of bytes of a layer's archive. */
export function layerArchiveSize(layers: LayerStore, diffId: string): number {
  let size = 0;
  for (const piece of tarSplitPieces(layers.tarSplitPath(diffId))) {
    size += 'bytes' in piece ? piece.bytes.length : piece.extents.reduce((sum, { length }) => sum + length, 0);
  }
  return size;
}

/** Each chunk is made when the one before it has been taken. */
function* chunks(layer: string, tarSplit: string): Generator<Buffer> {
  const folders = [layer, tarSplit].map((path) => openSync(path, constants.O_RDONLY | constants.O_DIRECTORY));
  const [layerFd = -1, tarSplitFd = -1] = folders;
  let chunk = Buffer.allocUnsafe(CHUNK);
  let filled = 0;
  try {
    for (const piece of tarSplitPieces(tarSplit)) {
      for (const fill of fillers(piece, layerFd, tarSplitFd)) {
        for (let count = fill(chunk, filled); count > 0; count = fill(chunk, filled)) {
          filled += count;
          if (filled < CHUNK) continue;
          yield chunk;
          chunk = Buffer.allocUnsafe(CHUNK);
          filled = 0;
        }
      }
    }
    yield chunk.subarray(0, filled);
  } finally {
    for (const fd of folders) closeSync(fd);
  }
}

/** Puts the next bytes into a chunk, behind those that it has, and returns how many; 0 at the end. */
type Filler = (chunk: Buffer, filled: number) => number;

function* fillers(piece: Piece, layerFd: number, tarSplitFd: number): Generator<Filler> {
  if ('bytes' in piece) {
    let done = 0;
    yield (chunk, filled) => {
      const count = piece.bytes.copy(chunk, filled, done);
      done += count;
      return count;
    };
    return;
  }
  const fd = openBeneath(piece.kept ? tarSplitFd : layerFd, piece.path, constants.O_RDONLY);
  try {
    for (const { offset, length } of piece.extents) {
      let done = 0;
      yield (chunk, filled) => {
        if (done === length) return 0;
        const count = readSync(fd, chunk, filled, Math.min(chunk.length - filled, length - done), offset + done);
        if (count === 0) throw new Error('a file has become shorter');
        done += count;
        return count;
      };
    }
  } finally {
    closeSync(fd);
  }
}

function changed(diffId: string, cause?: unknown): GantryError {
  return new GantryError('unavailable', `the files of layer ${diffId} are not what they were`, { cause });
}
