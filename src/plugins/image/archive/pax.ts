import type { PathBytes, Timestamp } from '../fs/index.js';
import { ArchiveError } from './archive-error.js';

/** The records of a PAX extended header: keyword and value, both bytes. */
export type PaxRecords = Map<PathBytes, PathBytes>;

const XATTR_PREFIX = 'SCHILY.xattr.';
const SPARSE_PAIR = /^GNU\.sparse\.(?:offset|numbytes)$/;

/**
 * Reads `<length> <keyword>=<value>\n` records. The package's own parser decodes values as text and splits them at
 * line feeds, which would lose what binary attributes hold.
 */
export function parsePax(data: Buffer, into: PaxRecords): void {
  const text = data.toString('latin1');
  for (let start = 0; start < text.length; ) {
    const space = text.indexOf(' ', start);
    const digits = space < 0 ? '' : text.slice(start, space);
    const end = /^[1-9]\d{0,6}$/.test(digits) ? start + Number(digits) : 0;
    const equals = text.indexOf('=', space);
    if (end <= space || end > text.length || text[end - 1] !== '\n' || equals < 0 || equals >= end) {
      throw new ArchiveError('a PAX header is damaged');
    }
    put(into, text.slice(space + 1, equals), text.slice(equals + 1, end - 1));
    start = end;
  }
}

/** Old sparse files repeat two keywords for each extent; newer ones list the same numbers in one record. */
function put(records: PaxRecords, keyword: PathBytes, value: PathBytes): void {
  if (!SPARSE_PAIR.test(keyword)) records.set(keyword, value);
  else {
    const before = records.get('GNU.sparse.map');
    records.set('GNU.sparse.map', before ? `${before},${value}` : value);
  }
}

/** A record that is a whole number; undefined where it is absent. */
export function paxInteger(records: PaxRecords, keyword: PathBytes): number | undefined {
  const value = records.get(keyword);
  if (value === undefined || value === '') return undefined;
  const number = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number)) {
    throw new ArchiveError(`the PAX record ${keyword} is not a number`);
  }
  return number;
}

/** A record that is a time in decimal seconds; undefined where it is absent. */
export function paxTime(records: PaxRecords, keyword: PathBytes): Timestamp | undefined {
  const value = records.get(keyword);
  if (value === undefined || value === '') return undefined;
  // Python writes so what is nearly nothing.
  const plain = /^-?\d(?:\.\d+)?e-\d\d$/.test(value) ? Number(value).toFixed(9) : value;
  const [, sign, whole, fraction = ''] = /^(-?)(\d{1,12})(?:\.(\d*))?$/.exec(plain) ?? [];
  if (whole === undefined) throw new ArchiveError(`the PAX record ${keyword} is not a time`);
  const nanoseconds = Number(fraction.slice(0, 9).padEnd(9, '0'));
  if (!sign) return { seconds: Number(whole), nanoseconds };
  return nanoseconds === 0
    ? { seconds: -Number(whole), nanoseconds }
    : { seconds: -Number(whole) - 1, nanoseconds: 1_000_000_000 - nanoseconds };
}

export function paxXattrs(records: PaxRecords): ReadonlyMap<PathBytes, Buffer> {
  const found = new Map<PathBytes, Buffer>();
  for (const [keyword, value] of records) {
    if (keyword.startsWith(XATTR_PREFIX)) found.set(nameOfXattr(keyword), Buffer.from(value, 'latin1'));
  }
  return found;
}

/** The keyword of an attribute. A keyword ends at the first `=`: GNU tar writes `%3D` there, and `%25` for `%`. */
export function xattrKeyword(name: PathBytes): PathBytes {
  return XATTR_PREFIX + name.replaceAll('%', '%25').replaceAll('=', '%3D');
}

function nameOfXattr(keyword: PathBytes): PathBytes {
  return keyword.slice(XATTR_PREFIX.length).replaceAll('%3D', '=').replaceAll('%25', '%');
}

/** The bytes of a PAX header's body. */
export function encodePax(records: PaxRecords): Buffer {
  return Buffer.from([...records].map(([keyword, value]) => encodeRecord(keyword, value)).join(''), 'latin1');
}

function encodeRecord(keyword: PathBytes, value: PathBytes): PathBytes {
  const rest = ` ${keyword}=${value}\n`;
  let length = rest.length;
  while (length !== rest.length + String(length).length) length = rest.length + String(length).length;
  return length + rest;
}

export function paxTimeValue({ seconds, nanoseconds }: Timestamp): string {
  const negative = seconds < 0 && nanoseconds > 0;
  const whole = negative ? seconds + 1 : seconds;
  const fraction = String(negative ? 1_000_000_000 - nanoseconds : nanoseconds).padStart(9, '0');
  return `${negative && whole === 0 ? '-' : ''}${whole}.${fraction}`;
}
