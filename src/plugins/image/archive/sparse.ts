import type { PathBytes } from '../fs/index.js';
import { ArchiveError } from './archive-error.js';
import { BLOCK_SIZE, stringAt } from './header.js';
import { type PaxRecords, paxInteger } from './pax.js';

/** Where the stored bytes of a sparse file belong. All else are zeros. */
export interface SparseMap {
  readonly size: number;
  /** In order, without overlap, inside `size`. */
  readonly extents: readonly Extent[];
}

export interface Extent {
  readonly offset: number;
  readonly length: number;
}

const MAX_EXTENTS = 65_536;

/** A sparse file in the records of a PAX header: with its map, or with a note that the body begins with the map. */
interface SparseRecords {
  readonly name: PathBytes | undefined;
  readonly size: number;
  /** Undefined: format 1.0, whose map is in front of the data. */
  readonly numbers: readonly number[] | undefined;
}

export function sparseRecords(records: PaxRecords): SparseRecords | undefined {
  const size = paxInteger(records, 'GNU.sparse.realsize') ?? paxInteger(records, 'GNU.sparse.size');
  if (size === undefined) return undefined;
  const name = records.get('GNU.sparse.name');
  if (records.get('GNU.sparse.major') === '1') return { name, size, numbers: undefined };
  const map = records.get('GNU.sparse.map') ?? '';
  return { name, size, numbers: map === '' ? [] : map.split(',').map(decimal) };
}

/** Format 1.0: decimal lines in front of the data, the first one counting pairs, filled up to whole blocks. */
export function readBodyMap(nextBlock: () => Buffer): readonly number[] {
  let text = '';
  let lines: string[] = [];
  let wanted = 1;
  while (lines.length <= wanted) {
    text += nextBlock().toString('latin1');
    lines = text.split('\n');
    if (lines.length > 1) wanted = 1 + 2 * counted(decimal(lines[0] ?? ''));
    else if (text.length > BLOCK_SIZE) throw damaged();
    // Each block holds at least 24 complete lines of at most 20 digits.
    if (text.length > BLOCK_SIZE * (2 + wanted / 24)) throw damaged();
  }
  return lines.slice(1, wanted).map(decimal);
}

/** The old GNU format: four pairs and the real size in the header itself, further pairs in blocks that follow it. */
export function readOldGnuMap(header: Buffer, nextBlock: () => Buffer): SparseMap {
  const size = octal(header, 483);
  const numbers: number[] = [];
  takePairs(header, 386, 4, numbers);
  let more = header[482] === 1;
  while (more) {
    const block = nextBlock();
    takePairs(block, 0, 21, numbers);
    counted(numbers.length / 2);
    more = block[504] === 1;
  }
  return sparseMap(size, numbers);
}

/** @throws ArchiveError for extents out of order, or outside of the file */
export function sparseMap(size: number, numbers: readonly number[]): SparseMap {
  if (numbers.length % 2 !== 0) throw damaged();
  counted(numbers.length / 2);
  const extents: Extent[] = [];
  let end = 0;
  for (let index = 0; index < numbers.length; index += 2) {
    const offset = numbers[index] ?? 0;
    const length = numbers[index + 1] ?? 0;
    if (offset < end || offset + length > size) throw damaged();
    end = offset + length;
    extents.push({ offset, length });
  }
  return { size, extents };
}

function takePairs(block: Buffer, offset: number, count: number, into: number[]): void {
  for (let field = 0; field < count; field++) {
    const at = offset + field * 24;
    if (block[at] === 0) return;
    into.push(octal(block, at), octal(block, at + 12));
  }
}

function octal(block: Buffer, offset: number): number {
  const text = stringAt(block, offset, 12).trim();
  if (!/^[0-7]{1,12}$/.test(text)) throw damaged();
  return Number.parseInt(text, 8);
}

function decimal(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw damaged();
  return Number(text);
}

function counted(extents: number): number {
  if (extents > MAX_EXTENTS) throw new ArchiveError('its sparse map is too long');
  return extents;
}

function damaged(): ArchiveError {
  return new ArchiveError('its sparse map is damaged');
}
