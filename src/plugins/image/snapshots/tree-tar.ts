import { type BigIntStats, closeSync, lstatSync, read, readlinkSync, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { openRegularFile } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import {
  ARCHIVE_END,
  dataOf,
  type Extent,
  encodeEntry,
  encodeMap,
  padding,
  type WrittenEntry,
  type WrittenType,
} from '../archive/index.js';
import {
  fsPath,
  isOpaque,
  isWhiteout,
  OPAQUE_WHITEOUT,
  type PathBytes,
  portableXattrs,
  printable,
  type TreeEntries,
  type TreeEntry,
  type WalkOptions,
  WHITEOUT_PREFIX,
  walk,
} from '../fs/index.js';
import { walkMerged } from './merged-layers.js';

const CHUNK = 32 * 1024;
const STAT_BLOCK = 512;

/** A file up to this size is read at once: on its way through the thread pool it would spend four times as long. */
const SMALL = 64 * 1024;
/** Small pieces that are made before other tasks get their turn. */
const PIECES_AT_ONCE = 256;

/** Errors for what a running container has removed or replaced. */
const GONE = new Set(['ENOENT', 'EINVAL']);

const readFile = promisify(read);
const turn = promisify(setImmediate);

interface FolderOptions extends WalkOptions {
  /** All entries belong to root. */
  readonly ofRoot?: boolean | undefined;
  /** The name of the folder itself, which comes first; undefined: it does not. */
  readonly self?: PathBytes | undefined;
  rename(path: PathBytes): PathBytes;
}

/** An entry of a folder that may have another owner in the archive. */
type ArchivedEntry = TreeEntry & { readonly ofRoot?: boolean | undefined };

/** An OCI layer archive, in large pieces, of the entries that `upperDiff` yields. Equal trees give equal bytes. */
export async function* diffChunks(entries: TreeEntries): AsyncGenerator<Buffer> {
  yield* large(archive(entries, { layer: true }));
}

/**
 * An archive of a folder that is a whole root, all layers in one, whose names mean nothing but themselves.
 * @param skipped called for each entry that no archive can hold: sockets
 */
export async function* rootChunks(root: string, skipped: (path: string) => void): AsyncGenerator<Buffer> {
  yield* large(archive(walk(root, { leaveOut: () => false }), { skipped }));
}

/** An archive of the merged view that an overlayfs of these folders would show, highest first. */
export async function* mergedChunks(lowers: readonly string[]): AsyncGenerator<Buffer> {
  yield* large(archive(walkMerged(lowers), {}));
}

/** An archive of a folder, or of one name in it, as a container has it. @throws GantryError `invalid` for a socket alone */
export async function* folderChunks(folder: string, options: FolderOptions): AsyncGenerator<Buffer> {
  const { only } = options;
  if (only !== undefined) {
    const stat = lstatSync(fsPath(`${folder}/${only}`), { throwIfNoEntry: false });
    const isThere = stat?.isSymbolicLink()
      ? targetIfThere(`${folder}/${only}`) !== undefined
      : stat && !stat.isSocket();
    if (!isThere) {
      throw new GantryError('invalid', `there is nothing to copy at ${printable(only)}: it is a socket, or has gone`);
    }
  }
  yield* large(archive(renamed(folder, options), {}));
}

/** Small pieces are copied as they come: thousands that wait for each other would all be collected late. */
async function* large(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let chunk = Buffer.allocUnsafeSlow(CHUNK);
  let filled = 0;
  let count = 0;
  for await (const piece of pieces) {
    if (++count % PIECES_AT_ONCE === 0) await turn();
    if (filled + piece.length > CHUNK) {
      yield chunk.subarray(0, filled);
      chunk = Buffer.allocUnsafeSlow(CHUNK);
      filled = 0;
    }
    if (piece.length >= CHUNK) yield piece;
    else filled += piece.copy(chunk, filled);
  }
  yield chunk.subarray(0, filled);
}

interface ArchiveOptions {
  /** Of a layer: whiteouts are markers, and no name may look like one. */
  readonly layer?: boolean;
  readonly skipped?: (path: string) => void;
}

async function* archive(
  entries: TreeEntries<ArchivedEntry>,
  { layer = false, skipped }: ArchiveOptions,
): AsyncGenerator<Buffer> {
  const firstNames = new Map<string, PathBytes>();
  for await (const entry of entries) {
    const { path, name, at, stat } = entry;
    if (layer && name.startsWith(WHITEOUT_PREFIX)) {
      throw new GantryError(
        'invalid',
        `/${printable(path)}: no layer can hold a name that begins with ${WHITEOUT_PREFIX}`,
      );
    }
    // Volumes are other filesystems.
    const identity = stat.nlink > 1n && !stat.isDirectory() ? `${stat.dev}:${stat.ino}` : undefined;
    const firstName = identity === undefined ? undefined : firstNames.get(identity);
    let isWritten = false;
    if (layer && isWhiteout(stat, at)) {
      yield encodeEntry(marker(path.slice(0, path.length - name.length) + WHITEOUT_PREFIX + name, stat));
    } else if (firstName !== undefined) {
      yield encodeEntry({ ...described(entry, 'Link'), link: firstName });
    } else if (stat.isFile()) {
      isWritten = yield* file(entry);
    } else if (stat.isSocket()) {
      skipped?.(`/${printable(path)}`);
    } else {
      const header = special(entry);
      if (header) yield header;
      isWritten = header !== undefined;
      if (layer && stat.isDirectory() && isOpaque(at)) yield encodeEntry(marker(`${path}/${OPAQUE_WHITEOUT}`, stat));
    }
    // Others can only be linked to a name that is in the archive.
    if (identity !== undefined && isWritten) firstNames.set(identity, path);
  }
  yield ARCHIVE_END;
}

/** The entries of a folder as they are called in its archive. */
function* renamed(folder: string, { rename, ofRoot, self, ...options }: FolderOptions): Generator<ArchivedEntry> {
  if (self !== undefined) {
    const at = `${folder}/.`;
    yield { path: self, name: self, depth: 0, at, stat: lstatSync(at, { bigint: true }), ofRoot };
  }
  for (const found of walk(folder, options)) yield { ...found, path: rename(found.path), ofRoot };
}

/**
 * As many bytes as the file had when it was opened, whatever a running container does to it meanwhile.
 * @returns whether it was still there
 */
async function* file(entry: ArchivedEntry): AsyncGenerator<Buffer, boolean> {
  const opened = openIfThere(entry);
  if (!opened) return false;
  const { fd, stat } = opened;
  try {
    const size = Number(stat.size);
    const header = { ...described({ ...entry, stat }, 'File'), xattrs: portableXattrs(entry.at) };
    const data = await dataOf(fd, size, Number(stat.blocks) * STAT_BLOCK);
    if (data) yield* sparse(fd, header, size, data);
    else {
      yield encodeEntry({ ...header, size });
      yield* content(fd, { offset: 0, length: size });
      yield padding(size);
    }
    return true;
  } finally {
    closeSync(fd);
  }
}

async function* sparse(fd: number, header: WrittenEntry, realSize: number, data: readonly Extent[]) {
  const map = encodeMap(data, realSize);
  const size = data.reduce((sum, { length }) => sum + length, map.length);
  yield encodeEntry({ ...header, size, realSize });
  yield map;
  for (const extent of data) yield* content(fd, extent);
  yield padding(size);
}

/** Exactly `length` bytes: zeros where the file has become shorter. */
async function* content(fd: number, { offset, length }: Extent): AsyncGenerator<Buffer> {
  for (let done = 0; done < length; ) {
    const wanted = Math.min(CHUNK, length - done);
    const buffer = Buffer.allocUnsafe(wanted);
    const bytesRead =
      wanted <= SMALL
        ? readSync(fd, buffer, 0, wanted, offset + done)
        : (await readFile(fd, buffer, 0, wanted, offset + done)).bytesRead;
    const piece = bytesRead === 0 ? buffer.fill(0) : buffer.subarray(0, bytesRead);
    done += piece.length;
    yield piece;
  }
}

/** A running container may remove what has just been listed. */
function openIfThere({ at, path }: TreeEntry): ReturnType<typeof openRegularFile> {
  try {
    const opened = openRegularFile(fsPath(at));
    if (opened) return opened;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'EACCES') throw new GantryError('denied', `/${printable(path)}: permission denied`);
    if (code === 'EAGAIN') throw new GantryError('conflict', `/${printable(path)}: a program holds a lease on it`);
    throw error;
  }
  throw new GantryError('conflict', `/${printable(path)} was replaced while it was read`);
}

/** Undefined for a link that has gone. */
function special(entry: ArchivedEntry): Buffer | undefined {
  const link = entry.stat.isSymbolicLink() ? targetIfThere(entry.at) : '';
  return link === undefined
    ? undefined
    : encodeEntry({ ...withoutBody(entry), link, xattrs: portableXattrs(entry.at) });
}

/** Links of /proc lead to nothing for those who are in another namespace. */
function targetIfThere(at: PathBytes): PathBytes | undefined {
  try {
    return readlinkSync(fsPath(at), { encoding: 'latin1' });
  } catch (error) {
    if (GONE.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function withoutBody(entry: ArchivedEntry): WrittenEntry {
  const { path, stat } = entry;
  if (stat.isDirectory()) return { ...described(entry, 'Directory'), path: `${path}/` };
  if (stat.isSymbolicLink()) return described(entry, 'SymbolicLink');
  if (stat.isFIFO()) return described(entry, 'FIFO');
  const device = Number(stat.rdev);
  const major = Math.floor(device / 0x100) & 0xfff;
  const minor = (device & 0xff) + Math.floor(device / 0x10_0000) * 0x100;
  return { ...described(entry, stat.isBlockDevice() ? 'BlockDevice' : 'CharacterDevice'), major, minor };
}

function described({ path, stat, ofRoot = false }: ArchivedEntry, type: WrittenType): WrittenEntry {
  return {
    path,
    type,
    mode: Number(stat.mode) & 0o7777,
    uid: ofRoot ? 0 : Number(stat.uid),
    gid: ofRoot ? 0 : Number(stat.gid),
    mtime: timeOf(stat),
  };
}

function marker(path: PathBytes, stat: BigIntStats): WrittenEntry {
  return { path, type: 'File', mode: 0o600, uid: 0, gid: 0, mtime: { ...timeOf(stat), nanoseconds: 0 } };
}

function timeOf({ mtimeNs }: BigIntStats): WrittenEntry['mtime'] {
  const nanoseconds = Number(((mtimeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);
  return { seconds: Number((mtimeNs - BigInt(nanoseconds)) / 1_000_000_000n), nanoseconds };
}
