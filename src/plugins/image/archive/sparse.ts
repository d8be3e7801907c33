import type { PathBytes } from '../fs/index.js';
import { ArchiveError } from './archive-error.js';
import { binaryAt, stringAt } from './header.js';
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

/** Of some 100 bytes of memory each. */
const MAX_EXTENTS = 1 << 20;
/** A number of the map has 15 digits at the most. */
const LONGEST_LINE = 16;

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
  const numbers: number[] = [];
  let wanted = 1;
  for (let rest = ''; numbers.length < wanted; ) {
    const lines = (rest + nextBlock().toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (numbers.length === wanted) break;
      numbers.push(decimal(line));
      if (numbers.length === 1) wanted = 1 + 2 * counted(numbers[0] ?? 0);
    }
    if (numbers.length < wanted && rest.length > LONGEST_LINE) throw damaged();
  }
  return numbers.slice(1);
}

/** The old GNU format: four pairs and the real size in the header itself, further pairs in blocks that follow it. */
export function readOldGnuMap(header: Buffer, nextBlock: () => Buffer): SparseMap {
  const size = sizeAt(header, 483);
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
    into.push(sizeAt(block, at), sizeAt(block, at + 12));
  }
}

function sizeAt(block: Buffer, offset: number): number {
  const size = (block[offset] ?? 0) >= 0x80 ? binaryAt(block, offset) : octal(block, offset);
  if (!Number.isSafeInteger(size)) throw damaged();
  return size;
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
