import type { ContainerTree } from './container-tree.js';
import { readSeenFile } from './in-root.js';

const [LINE_FEED, COLON, COMMA, ZERO, NINE] = [0x0a, 0x3a, 0x2c, 0x30, 0x39];
/** The shortest entry: `a::1:`. */
const MIN_LINE_BYTES = 5;

/**
 * A file of accounts, /etc/passwd or /etc/group of a container, which the container writes. Nothing of it is kept
 * but the entries that are looked for, and nothing is made of the others: a file of millions of lines takes milliseconds.
 */
export class AccountFile {
  readonly #bytes: Buffer;

  /** @throws GantryError `invalid` for what is no regular file, or too large */
  constructor(tree: ContainerTree, path: string) {
    const bytes = tree.inFile(path, (descriptor, stats) => readSeenFile(descriptor, stats, path));
    this.#bytes = bytes ?? Buffer.alloc(0);
  }

  /** The fields of the first entry of a name that is valid. */
  named<T>(name: string, parse: (fields: string[]) => T | undefined): T | undefined {
    const wanted = Buffer.from(name);
    return this.#find((start, end) => this.#holds(start, end, wanted, COLON), parse);
  }

  /** The fields of the first entry with a number in the third place that is valid. */
  numbered<T>(id: number, parse: (fields: string[]) => T | undefined): T | undefined {
    return this.#find((start, end) => this.#numberAt(this.#field(start, end, 2), end) === id, parse);
  }

  /** The entries that list a name in the fourth place, at most as many as asked for. */
  listing<T>(name: string, most: number, parse: (fields: string[]) => T | undefined): T[] {
    const found: T[] = [];
    const wanted = Buffer.from(name);
    this.#find(
      (start, end) => this.#lists(this.#field(start, end, 3), end, wanted),
      (fields) => {
        const entry = parse(fields);
        if (entry !== undefined) found.push(entry);
        return found.length < most ? undefined : entry;
      },
    );
    return found;
  }

  #find<T>(fits: (start: number, end: number) => boolean, parse: (fields: string[]) => T | undefined): T | undefined {
    const bytes = this.#bytes;
    for (let start = 0; start < bytes.length; ) {
      let next = start;
      while (next < bytes.length && bytes[next] !== LINE_FEED) next++;
      const [first, end] = this.#trimmed(start, next);
      if (end - first >= MIN_LINE_BYTES && fits(first, end)) {
        const entry = parse(this.#fieldsOf(first, end));
        if (entry !== undefined) return entry;
      }
      start = next + 1;
    }
    return undefined;
  }

  /** The members of a group, which may be many, are not needed. */
  #fieldsOf(start: number, end: number): string[] {
    return this.#bytes
      .toString('utf8', start, Math.min(end, start + 64 * 1024))
      .trim()
      .split(':', 7);
  }

  #trimmed(start: number, end: number): [start: number, end: number] {
    let [first, last] = [start, end];
    while (first < last && isSpace(this.#bytes[first] ?? 0)) first++;
    while (first < last && isSpace(this.#bytes[last - 1] ?? 0)) last--;
    return [first, last];
  }

  /** Where a field begins; the end where there are fewer. */
  #field(start: number, end: number, index: number): number {
    let at = start;
    for (let left = index; left > 0; at++) {
      if (at >= end) return end;
      if (this.#bytes[at] === COLON) left--;
    }
    return at;
  }

  #numberAt(start: number, end: number): number {
    let number = 0;
    let at = start;
    for (; at < end && this.#bytes[at] !== COLON; at++) {
      const digit = this.#bytes[at] ?? 0;
      if (digit < ZERO || digit > NINE) return Number.NaN;
      number = number * 10 + digit - ZERO;
    }
    return at === start ? Number.NaN : number;
  }

  /** Whether the wanted bytes are there, and what follows them is the separator, or the end. */
  #holds(start: number, end: number, wanted: Buffer, separator: number): boolean {
    for (let index = 0; index < wanted.length; index++) {
      if (start + index >= end || this.#bytes[start + index] !== wanted[index]) return false;
    }
    const after = start + wanted.length;
    return after === end || this.#bytes[after] === separator;
  }

  #lists(start: number, end: number, wanted: Buffer): boolean {
    let stop = start;
    while (stop < end && this.#bytes[stop] !== COLON) stop++;
    for (let at = start; at < stop; at++) {
      if (this.#holds(at, stop, wanted, COMMA)) return true;
      while (at < stop && this.#bytes[at] !== COMMA) at++;
    }
    return false;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d && byte !== LINE_FEED);
}
