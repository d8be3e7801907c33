import { dataAfter, holeAfter } from '../fs/index.js';
import { BLOCK_SIZE } from './header.js';
import type { Extent } from './sparse.js';

/** Smaller holes save nothing. */
const LEAST_HOLE = 64 * 1024;
/** A number that all readers accept. */
const MAX_EXTENTS = 10_000;

/** Where a file has data, in order; undefined for one without holes of note. */
export function dataOf(fd: number, size: number, allocated: number): readonly Extent[] | undefined {
  if (size - allocated < LEAST_HOLE) return undefined;
  const extents: Extent[] = [];
  for (let at = dataAfter(fd, 0); at !== undefined && at < size; ) {
    if (extents.length === MAX_EXTENTS) return undefined;
    const end = Math.min(size, holeAfter(fd, at) ?? size);
    extents.push({ offset: at, length: end - at });
    at = dataAfter(fd, end);
  }
  return extents;
}

/** How the body of a sparse file begins, by GNU's format 1.0: its map, filled up to whole blocks. */
export function encodeMap(extents: readonly Extent[], size: number): Buffer {
  // The last one has no bytes and marks the end of the file.
  const all = [...extents, { offset: size, length: 0 }];
  const text = `${all.length}\n${all.map(({ offset, length }) => `${offset}\n${length}\n`).join('')}`;
  return Buffer.concat([Buffer.from(text), Buffer.alloc((BLOCK_SIZE - (text.length % BLOCK_SIZE)) % BLOCK_SIZE)]);
}
