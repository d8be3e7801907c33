import { ArchiveError } from './archive-error.js';
import { BLOCK_SIZE, type BlockHeader } from './header.js';
import { type PaxRecords, parsePax } from './pax.js';

/** Of one entry, all together. */
const MAX_BYTES = 1024 * 1024;
/** PAX (`x`, Solaris' `X`, global `g`) and GNU (long name and link, volume). */
const FLAGS = 'xXgLKV';

/** Whether a header says something about the entry that follows. */
export function isEntryHeader({ flag }: BlockHeader): boolean {
  return FLAGS.includes(flag);
}

/** The headers in front of an entry that say something about it: of a bounded size, however many there are. */
export class EntryHeaders {
  readonly records: PaxRecords = new Map();
  #budget = MAX_BYTES;

  /** To be called before its body is read. @throws ArchiveError for more than 1 MiB of them */
  admit({ size }: BlockHeader): void {
    this.#budget -= BLOCK_SIZE + size;
    if (this.#budget < 0) throw new ArchiveError('it has more than 1 MiB of headers');
  }

  /** @throws ArchiveError for a damaged one */
  add({ flag }: BlockHeader, body: Buffer): void {
    if (flag === 'L') this.records.set('path', untilNul(body));
    else if (flag === 'K') this.records.set('linkpath', untilNul(body));
    // Of what is said of all entries, nothing counts for an image.
    else if (flag !== 'g' && flag !== 'V') parsePax(body, this.records);
  }
}

function untilNul(body: Buffer): string {
  const text = body.toString('latin1');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
