import { type PathBytes, printable, type Timestamp } from '../fs/index.js';
import { ArchiveError } from './archive-error.js';
import type { ByteSource } from './byte-source.js';
import { EntryHeaders, isEntryHeader } from './entry-headers.js';
import { BLOCK_SIZE, type BlockHeader, decodeHeader, isZeroBlock } from './header.js';
import { type PaxRecords, paxInteger, paxTime, paxXattrs } from './pax.js';
import { readBodyMap, readOldGnuMap, type SparseMap, sparseMap, sparseRecords } from './sparse.js';

type EntryType = 'file' | 'directory' | 'symlink' | 'link' | 'character' | 'block' | 'fifo';

/** One entry of an archive, as in its headers. Its names are not checked. */
export interface Entry {
  readonly name: PathBytes;
  readonly type: EntryType;
  readonly link: PathBytes;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: Timestamp;
  readonly major: number;
  readonly minor: number;
  readonly xattrs: ReadonlyMap<PathBytes, Buffer>;
  readonly sparse: SparseMap | undefined;
}

const TYPES: Readonly<Record<string, EntryType>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'link',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
};

const MAX_ID = 0xffff_fffe;

/**
 * Reads a tar archive: POSIX, PAX, GNU, and what came before them. It goes beyond the `tar` package's parser where that
 * one loses what a root filesystem needs: names that are no UTF-8, extended attributes, nanoseconds, device numbers of
 * GNU archives, sparse files; and it fails where that one warns and goes on.
 */
export class TarReader {
  readonly #source: ByteSource;
  #name = '';
  #bodyLeft = 0;
  #padding = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The next entry; undefined at the end of the archive, all of which has been read then. */
  next(): Entry | undefined {
    this.#skipBody();
    const headers = new EntryHeaders();
    for (;;) {
      const block = this.#headerBlock(headers.records);
      if (!block) return undefined;
      const header = this.#decode(block, headers);
      if (!isEntryHeader(header)) return this.#entry(block, header, headers.records);
      headers.add(header, this.#meta(header));
    }
  }

  /** The next stored bytes of the entry's file, valid until the next call; none when there are no more. */
  read(limit = Number.MAX_SAFE_INTEGER): Buffer {
    return this.#next(limit, (wanted) => this.#source.bodyUpTo(wanted));
  }

  /** Like `read`, but of bytes that are written to no file. */
  #pass(): Buffer {
    return this.#next(Number.MAX_SAFE_INTEGER, (wanted) => this.#source.upTo(wanted));
  }

  #next(limit: number, take: (wanted: number) => Buffer): Buffer {
    const wanted = Math.min(limit, this.#bodyLeft);
    if (wanted === 0) return Buffer.alloc(0);
    const chunk = take(wanted);
    if (chunk.length === 0) throw this.#truncated();
    this.#bodyLeft -= chunk.length;
    return chunk;
  }

  #headerBlock(pending: PaxRecords): Buffer | undefined {
    const block = this.#source.take(BLOCK_SIZE);
    if (block.length === 0 && pending.size === 0) return undefined;
    if (block.length < BLOCK_SIZE) throw this.#name === '' ? notATar() : this.#truncated();
    if (!isZeroBlock(block)) return block;
    const second = this.#source.take(BLOCK_SIZE);
    if (second.length > 0 && !isZeroBlock(second)) {
      throw new ArchiveError(`the archive is damaged after ${printable(this.#name) || 'its start'}`);
    }
    this.#source.drain();
    return undefined;
  }

  #decode(block: Buffer, headers: EntryHeaders): BlockHeader {
    try {
      const header = decodeHeader(block);
      this.#name ||= header.name || 'its start';
      if (isEntryHeader(header)) headers.admit(header);
      return header;
    } catch (error) {
      if (this.#name === '' && error instanceof ArchiveError) throw notATar();
      throw new ArchiveError(`the entry after ${printable(this.#name)}: ${(error as Error).message}`, { cause: error });
    }
  }

  #meta(header: BlockHeader): Buffer {
    this.#startBody(header.size);
    const parts: Buffer[] = [];
    while (this.#bodyLeft > 0) parts.push(Buffer.from(this.#pass()));
    this.#skipBody();
    return Buffer.concat(parts);
  }

  #entry(block: Buffer, header: BlockHeader, records: PaxRecords): Entry {
    const oldGnu = header.flag === 'S' ? Buffer.from(block) : undefined;
    const sparse = sparseRecords(records);
    const name = sparse?.name || records.get('path') || header.name;
    this.#name = name || 'an entry without a name';
    const stored = paxInteger(records, 'size') ?? header.size;
    const type = this.#typeOf(header.flag, stored, name);
    const size = type === 'file' ? stored : 0;
    this.#startBody(size);
    return {
      name,
      type,
      link: records.get('linkpath') || header.link,
      mode: header.mode,
      uid: this.#id(paxInteger(records, 'uid') ?? header.uid),
      gid: this.#id(paxInteger(records, 'gid') ?? header.gid),
      mtime: paxTime(records, 'mtime') ?? { seconds: Math.trunc(header.mtime), nanoseconds: 0 },
      major: header.major,
      minor: header.minor,
      xattrs: paxXattrs(records),
      sparse: type === 'file' ? this.#sparseMap(oldGnu, sparse, size) : undefined,
    };
  }

  #typeOf(flag: string, size: number, name: PathBytes): EntryType {
    const type = TYPES[flag];
    if (!type)
      throw new ArchiveError(`${printable(name)}: an entry of type ${JSON.stringify(flag)} cannot be unpacked`);
    // In archives from before POSIX only its name marks a directory.
    if (type !== 'file' || !name.endsWith('/')) return type;
    if (size > 0) throw new ArchiveError(`${printable(name)}: its header has no valid size`);
    return 'directory';
  }

  #id(id: number): number {
    if (id < 0 || id > MAX_ID) throw new ArchiveError(`${printable(this.#name)}: its owner is out of range`);
    return id;
  }

  #sparseMap(
    oldGnu: Buffer | undefined,
    records: ReturnType<typeof sparseRecords>,
    stored: number,
  ): SparseMap | undefined {
    if (!oldGnu && !records) return undefined;
    const map = oldGnu
      ? readOldGnuMap(oldGnu, () => this.#wholeBlock())
      : sparseMap(records?.size ?? 0, records?.numbers ?? readBodyMap(() => this.#bodyBlock()));
    const inMap = map.extents.reduce((sum, extent) => sum + extent.length, 0);
    if (inMap !== (oldGnu ? stored : this.#bodyLeft)) {
      throw new ArchiveError(`${printable(this.#name)}: its sparse map does not fit its size`);
    }
    return map;
  }

  #wholeBlock(): Buffer {
    const block = this.#source.take(BLOCK_SIZE);
    if (block.length < BLOCK_SIZE) throw this.#truncated();
    return block;
  }

  #bodyBlock(): Buffer {
    if (this.#bodyLeft < BLOCK_SIZE) throw new ArchiveError(`${printable(this.#name)}: its sparse map is damaged`);
    this.#bodyLeft -= BLOCK_SIZE;
    return this.#wholeBlock();
  }

  #startBody(size: number): void {
    this.#bodyLeft = size;
    this.#padding = (BLOCK_SIZE - (size % BLOCK_SIZE)) % BLOCK_SIZE;
  }

  #skipBody(): void {
    while (this.#bodyLeft > 0) this.#pass();
    if (this.#padding > 0 && this.#source.take(this.#padding).length < this.#padding) throw this.#truncated();
    this.#padding = 0;
  }

  #truncated(): ArchiveError {
    return new ArchiveError(`the archive ends in the middle of ${printable(this.#name)}`);
  }
}

function notATar(): ArchiveError {
  return new ArchiveError('not a tar archive');
}
