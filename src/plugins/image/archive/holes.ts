import { promisify } from 'node:util';
import { dataAfter, holeAfter } from '../fs/index.js';
import { BLOCK_SIZE } from './header.js';
import type { Extent } from './sparse.js';

/** Smaller holes save nothing. */
const LEAST_HOLE = 64 * 1024;
/** Go's reader takes a map of 1 MiB. */
const MOST_EXTENTS = 40_000;
/** Found before other tasks get their turn. */
const EXTENTS_AT_ONCE = 2000;

const turn = promisify(setImmediate);

/** Where a file has data, in order; undefined for one without holes of note. */
export async function dataOf(fd: number, size: number, allocated: number): Promise<readonly Extent[] | undefined> {
  if (size - allocated < LEAST_HOLE) return undefined;
  let extents: Extent[] = [];
  let found = 0;
  for (let at = dataAfter(fd, 0); at !== undefined && at < size; ) {
    if (++found % EXTENTS_AT_ONCE === 0) await turn();
    const end = Math.min(size, holeAfter(fd, at) ?? size);
    extents.push({ offset: at, length: end - at });
    if (extents.length > 2 * MOST_EXTENTS) extents = withFewer(extents, MOST_EXTENTS);
    at = dataAfter(fd, end);
  }
  return withFewer(extents, MOST_EXTENTS);
}

/** At most so many: the smallest holes become data, which is zeros. */
export function withFewer(extents: Extent[], most: number): Extent[] {
  if (extents.length <= most) return extents;
  const holes = extents.map(({ offset }, index) => ({ index, size: offset - endOf(extents[index - 1]) })).slice(1);
  holes.sort((one, other) => one.size - other.size);
  const filled = new Set(holes.slice(0, extents.length - most).map(({ index }) => index));
  const merged: Extent[] = [];
  for (const [index, extent] of extents.entries()) {
    const last = filled.has(index) ? merged.pop() : undefined;
    merged.push(last ? { offset: last.offset, length: endOf(extent) - last.offset } : extent);
  }
  return merged;
}

function endOf(extent: Extent | undefined): number {
  return extent ? extent.offset + extent.length : 0;
}

/** How the body of a sparse file begins, by GNU's format 1.0: its map, filled up to whole blocks. */
export function encodeMap(extents: readonly Extent[], size: number): Buffer {
  // The last one has no bytes and marks the end of the file.
  const all = [...extents, { offset: size, length: 0 }];
  const text = `${all.length}\n${all.map(({ offset, length }) => `${offset}\n${length}\n`).join('')}`;
  return Buffer.concat([Buffer.from(text), Buffer.alloc((BLOCK_SIZE - (text.length % BLOCK_SIZE)) % BLOCK_SIZE)]);
}
