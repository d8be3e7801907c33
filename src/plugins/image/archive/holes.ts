import { dataAfter, holeAfter } from '../fs/index.js';
import { BLOCK_SIZE } from './header.js';
import type { Extent } from './sparse.js';

/** Smaller holes save nothing. */
const LEAST_HOLE = 64 * 1024;
/** Go's reader takes a map of 1 MiB. */
const MOST_EXTENTS = 40_000;
const LEAST_BLOCK = 1024;

/** Where a file has data, in order; undefined for one without holes of note. */
export function dataOf(fd: number, size: number, allocated: number): readonly Extent[] | undefined {
  if (size - allocated < LEAST_HOLE) return undefined;
  let extents: Extent[] = [];
  for (let at = dataAfter(fd, 0); at !== undefined && at < size; ) {
    const end = Math.min(size, holeAfter(fd, at) ?? size);
    extents.push({ offset: at, length: end - at });
    if (extents.length > 2 * MOST_EXTENTS) extents = withFewer(extents, MOST_EXTENTS);
    at = dataAfter(fd, end);
  }
  return withFewer(extents, MOST_EXTENTS);
}

/** At most so many: the smallest holes become data, which is zeros. */
export function withFewer(extents: Extent[], most: number): Extent[] {
  let fewer = extents;
  for (let least = LEAST_BLOCK; fewer.length > most; least *= 2) fewer = withoutHoles(fewer, least);
  return fewer;
}

function withoutHoles(extents: readonly Extent[], smallerThan: number): Extent[] {
  const merged: Extent[] = [];
  for (const extent of extents) {
    const last = merged.at(-1);
    if (last && extent.offset - (last.offset + last.length) < smallerThan) {
      merged[merged.length - 1] = { offset: last.offset, length: extent.offset + extent.length - last.offset };
    } else merged.push(extent);
  }
  return merged;
}

/** How the body of a sparse file begins, by GNU's format 1.0: its map, filled up to whole blocks. */
export function encodeMap(extents: readonly Extent[], size: number): Buffer {
  // The last one has no bytes and marks the end of the file.
  const all = [...extents, { offset: size, length: 0 }];
  const text = `${all.length}\n${all.map(({ offset, length }) => `${offset}\n${length}\n`).join('')}`;
  return Buffer.concat([Buffer.from(text), Buffer.alloc((BLOCK_SIZE - (text.length % BLOCK_SIZE)) % BLOCK_SIZE)]);
}
