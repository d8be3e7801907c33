import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { Extent } from '../archive/index.js';
import type { PathBytes } from '../fs/index.js';
import { BODY, LITERAL } from './tar-split-writer.js';

/** One piece of an archive: bytes, or parts of a file. */
export type Piece =
  | { readonly bytes: Buffer }
  | {
      readonly path: PathBytes;
      readonly extents: readonly Extent[] /** In the tar-split folder, not in the layer. */;
      readonly kept: boolean;
    };

interface Moved {
  readonly path: PathBytes;
  /** The number of bodies before the move: it concerns those only. */
  readonly after: number;
}

type Step = { readonly bytes: Buffer } | { readonly path: PathBytes; readonly extents?: readonly Extent[] };

/** The pieces of the archive, from the file `recipe` that `TarSplitWriter` has written into a folder. */
export function* tarSplitPieces(folder: string): Generator<Piece> {
  const moves = existsSync(join(folder, '0')) ? movesIn(folder) : [];
  let bodies = 0;
  for (const step of steps(folder)) {
    if ('bytes' in step) yield step;
    else if (step.extents) yield { ...placeOf(step.path, bodies++, moves), extents: step.extents };
  }
}

function movesIn(folder: string): Moved[] {
  const moves: Moved[] = [];
  let bodies = 0;
  for (const step of steps(folder)) {
    if ('bytes' in step) continue;
    if (step.extents) bodies++;
    else moves.push({ path: step.path, after: bodies });
  }
  return moves;
}

/** A moved file cannot be reached by later entries, so the first move counts. */
function placeOf(path: PathBytes, body: number, moves: readonly Moved[]): { path: PathBytes; kept: boolean } {
  const number = moves.findIndex(
    (move) => body < move.after && (path === move.path || path.startsWith(`${move.path}/`)),
  );
  const moved = moves[number];
  return moved ? { path: number + path.slice(moved.path.length), kept: true } : { path, kept: false };
}

function* steps(folder: string): Generator<Step> {
  for (const batch of batches(join(folder, 'recipe'))) {
    for (let at = 0; at < batch.length; ) {
      const kind = batch.readUInt8(at);
      if (kind === LITERAL) {
        const start = at + 5;
        at = start + batch.readUInt32LE(at + 1);
        yield { bytes: batch.subarray(start, at) };
        continue;
      }
      const start = at + 3;
      at = start + batch.readUInt16LE(at + 1);
      const path = batch.toString('latin1', start, at);
      if (kind !== BODY) {
        yield { path };
        continue;
      }
      const count = batch.readUInt32LE(at);
      at += 4;
      const extents = Array.from({ length: count }, (_, index) => ({
        offset: Number(batch.readBigUInt64LE(at + 16 * index)),
        length: Number(batch.readBigUInt64LE(at + 16 * index + 8)),
      }));
      at += 16 * count;
      yield { path, extents };
    }
  }
}

function* batches(file: string): Generator<Buffer> {
  const fd = openSync(file, 'r');
  const take = (length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    let done = 0;
    for (let count = 1; done < length && count > 0; done += count)
      count = readSync(fd, bytes, done, length - done, null);
    return bytes.subarray(0, done);
  };
  try {
    for (let length = take(4); length.length === 4; length = take(4)) {
      yield zstdDecompressSync(take(length.readUInt32LE()));
    }
  } finally {
    closeSync(fd);
  }
}
