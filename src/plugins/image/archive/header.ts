import { Header } from 'tar/header';
import type { PathBytes } from '../fs/index.js';
import { ArchiveError } from './archive-error.js';

export const BLOCK_SIZE = 512;
const DIRECTORY_FLAG = 0x35;
const SIZE_OFFSET = 124;
const [SPACE, ZERO] = [0x20, 0x30];

/**
 * One header block. Numbers and checksum are the `tar` package's reading; names are taken as bytes, which it decodes.
 */
export interface BlockHeader {
  /** The type flag: one character, `\0` for very old archives. */
  readonly flag: string;
  readonly name: PathBytes;
  readonly link: PathBytes;
  /** Permission bits with set-uid, set-gid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly major: number;
  readonly minor: number;
}

export function isZeroBlock(block: Buffer): boolean {
  return block[0] === 0 && block.every((byte) => byte === 0);
}

/** @throws ArchiveError for a wrong checksum or a field that is no number */
export function decodeHeader(block: Buffer): BlockHeader {
  const header = decodeNumbers(block);
  if (!header.cksumValid) throw new ArchiveError('its header has a wrong checksum');
  return {
    flag: String.fromCharCode(block[156] ?? 0),
    name: nameOf(block),
    link: stringAt(block, 157, 100),
    mode: (header.mode ?? 0) & 0o7777,
    uid: header.uid ?? 0,
    gid: header.gid ?? 0,
    size: sizeOf(block),
    mtime: (header.mtime?.getTime() ?? 0) / 1000,
    major: octalAt(block, 329),
    minor: octalAt(block, 337),
  };
}

function decodeNumbers(block: Buffer): Header {
  try {
    return new Header(block);
  } catch (cause) {
    throw new ArchiveError('its header holds a number out of range', { cause });
  }
}

/**
 * The field's own bytes count: the package takes an entry for a directory, which has no body, where the header's name ends
 * in a slash, and a name is cut there when a PAX or GNU header in front has all of it. Directories had all sorts of sizes
 * once, and never a body.
 */
function sizeOf(block: Buffer): number {
  if (block[156] === DIRECTORY_FLAG) return 0;
  const size = (block[SIZE_OFFSET] ?? 0) >= 0x80 ? binaryAt(block, SIZE_OFFSET) : octalSize(block);
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw new ArchiveError('its header has no valid size');
}

function octalSize(block: Buffer): number {
  let at = SIZE_OFFSET;
  while (at < SIZE_OFFSET + 12 && block[at] === SPACE) at++;
  const start = at;
  let size = 0;
  for (; at < SIZE_OFFSET + 12 && isOctal(block[at] ?? 0); at++) size = size * 8 + (block[at] ?? 0) - ZERO;
  const isBlank = start === SIZE_OFFSET + 12 || block[start] === 0;
  return at > start || isBlank ? size : Number.NaN;
}

function isOctal(byte: number): boolean {
  return byte >= ZERO && byte < ZERO + 8;
}

/** GNU's form of numbers above 8 GiB, of twelve bytes: the bit 0x80, and the number in base 256. */
export function binaryAt(block: Buffer, offset: number): number {
  const isPositive = block[offset] === 0x80;
  return isPositive ? block.subarray(offset + 1, offset + 12).reduce((sum, byte) => sum * 256 + byte, 0) : Number.NaN;
}

/** POSIX archives continue long names in front; GNU ones, whose magic ends in a space, keep other things there. */
function nameOf(block: Buffer): PathBytes {
  const name = stringAt(block, 0, 100);
  const isPosix = stringOf(block, 257, 6) === 'ustar\0';
  const prefix = isPosix ? stringAt(block, 345, 155) : '';
  return prefix ? `${prefix}/${name}` : name;
}

/** Device numbers: the package reads them in POSIX archives only, and GNU ones have them too. */
function octalAt(block: Buffer, offset: number): number {
  const value = Number.parseInt(stringAt(block, offset, 8).trim(), 8);
  return Number.isNaN(value) ? 0 : value;
}

export function stringAt(block: Buffer, offset: number, length: number): PathBytes {
  const text = stringOf(block, offset, length);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

function stringOf(block: Buffer, offset: number, length: number): PathBytes {
  return block.toString('latin1', offset, offset + length);
}
