import { Header } from 'tar/header';
import type { PathBytes, Timestamp } from '../fs/index.js';
import { BLOCK_SIZE } from './header.js';
import { encodePax, type PaxRecords, paxTimeValue, xattrKeyword } from './pax.js';

export type WrittenType =
  | 'File'
  | 'Directory'
  | 'SymbolicLink'
  | 'Link'
  | 'CharacterDevice'
  | 'BlockDevice'
  | 'FIFO'
  | 'ExtendedHeader';

export interface WrittenEntry {
  readonly path: PathBytes;
  readonly type: WrittenType;
  readonly link?: PathBytes;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: Timestamp;
  readonly size?: number;
  readonly major?: number;
  readonly minor?: number;
  /** Of a sparse file, whose body then is its map and its data: GNU's format 1.0. */
  readonly realSize?: number;
  readonly xattrs?: ReadonlyMap<PathBytes, Buffer>;
}

/** Two blocks of zeros. */
export const ARCHIVE_END = Buffer.alloc(2 * BLOCK_SIZE);

const PLAIN_NAME = /^[ -~]{0,100}$/;
const MAX_OCTAL_ID = 0o7777777;
const MAX_OCTAL_SIZE = 0o77777777777;

/** The header blocks of an entry; its bytes follow, and then `padding`. Equal entries give equal bytes. */
export function encodeEntry(entry: WrittenEntry): Buffer {
  const records = recordsOf(entry);
  if (records.size === 0) return encodeHeader(entry);
  const body = encodePax(records);
  const extended: WrittenEntry = {
    ...entry,
    path: 'PaxHeaders/entry',
    type: 'ExtendedHeader',
    link: '',
    size: body.length,
  };
  return Buffer.concat([encodeHeader(extended), body, padding(body.length), encodeHeader(entry)]);
}

export function padding(size: number): Buffer {
  return ARCHIVE_END.subarray(0, (BLOCK_SIZE - (size % BLOCK_SIZE)) % BLOCK_SIZE);
}

/** PAX records for values that a plain header cannot hold. */
function recordsOf({ path, link = '', uid, gid, mtime, size = 0, realSize, xattrs }: WrittenEntry): PaxRecords {
  const records: PaxRecords = new Map();
  const names = { path, linkpath: link };
  for (const [keyword, name] of Object.entries(names)) {
    if (PLAIN_NAME.test(name)) continue;
    if (!isUtf8(name)) records.set('hdrcharset', 'BINARY');
    records.set(keyword, name);
  }
  if (realSize !== undefined) {
    records.set('GNU.sparse.major', '1');
    records.set('GNU.sparse.minor', '0');
    records.set('GNU.sparse.name', path);
    records.set('GNU.sparse.realsize', String(realSize));
  }
  if (mtime.nanoseconds !== 0 || mtime.seconds < 0) records.set('mtime', paxTimeValue(mtime));
  if (uid > MAX_OCTAL_ID) records.set('uid', String(uid));
  if (gid > MAX_OCTAL_ID) records.set('gid', String(gid));
  if (size > MAX_OCTAL_SIZE) records.set('size', String(size));
  for (const [name, value] of xattrs ?? []) records.set(xattrKeyword(name), value.toString('latin1'));
  return records;
}

function encodeHeader(entry: WrittenEntry): Buffer {
  const header = new Header({
    path: plainName(entry.path),
    linkpath: plainName(entry.link ?? ''),
    type: entry.type,
    mode: entry.mode,
    uid: Math.min(entry.uid, MAX_OCTAL_ID),
    gid: Math.min(entry.gid, MAX_OCTAL_ID),
    size: entry.size ?? 0,
    mtime: new Date(Math.max(0, entry.mtime.seconds) * 1000),
    devmaj: entry.major ?? 0,
    devmin: entry.minor ?? 0,
  });
  // Out of Node's pool: a buffer of its own for each header is collected late.
  const block = Buffer.allocUnsafe(BLOCK_SIZE).fill(0);
  header.encode(block);
  return block;
}

/** Of a name that a PAX record has all of. It does not end in a slash: some readers would take the entry for a directory. */
function plainName(name: PathBytes): string {
  if (PLAIN_NAME.test(name)) return name;
  return name
    .replace(/[^ -~]/g, '?')
    .slice(0, 99)
    .replace(/\/$/, '_');
}

function isUtf8(name: PathBytes): boolean {
  const bytes = Buffer.from(name, 'latin1');
  return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}
