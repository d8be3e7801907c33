import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { GantryError } from '../../../kernel/index.js';
import { openBeneath } from '../fs/index.js';
import { type Piece, tarSplitPieces } from '../tar-split/index.js';
import type { LayerStore } from './layer-store.js';

const CHUNK = 256 * 1024;

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

function* chunks(layer: string, tarSplit: string): Generator<Buffer> {
  const folders = [layer, tarSplit].map((path) => openSync(path, constants.O_RDONLY | constants.O_DIRECTORY));
  const [layerFd = -1, tarSplitFd = -1] = folders;
  let chunk = Buffer.allocUnsafe(CHUNK);
  let filled = 0;
  try {
    for (const piece of tarSplitPieces(tarSplit)) {
      for (const part of partsOf(piece, layerFd, tarSplitFd)) {
        for (let done = 0; done < part.length; ) {
          const count = part.copy(chunk, filled, done);
          done += count;
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

function* partsOf(piece: Piece, layerFd: number, tarSplitFd: number): Generator<Buffer> {
  if ('bytes' in piece) {
    yield piece.bytes;
    return;
  }
  const fd = openBeneath(piece.kept ? tarSplitFd : layerFd, piece.path, constants.O_RDONLY);
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, fstatSync(fd).size)));
  try {
    for (const { offset, length } of piece.extents) {
      for (let done = 0; done < length; ) {
        const count = readSync(fd, buffer, 0, Math.min(buffer.length, length - done), offset + done);
        if (count === 0) throw new Error('a file has become shorter');
        done += count;
        yield buffer.subarray(0, count);
      }
    }
  } finally {
    closeSync(fd);
  }
}

function changed(diffId: string, cause?: unknown): GantryError {
  return new GantryError('unavailable', `the files of layer ${diffId} are not what they were`, { cause });
}
