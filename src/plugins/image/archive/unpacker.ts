import { chmodSync, lchownSync, linkSync, lstatSync, mkdirSync, type Stats, symlinkSync, unlinkSync } from 'node:fs';
import { check, libc, SystemError } from '../../../host/index.js';
import {
  cString,
  ENGINE_XATTRS,
  fsPath,
  isWhiteout,
  makeOpaque,
  type PathBytes,
  printable,
  setPathTime,
  type Timestamp,
} from '../fs/index.js';
import { ArchiveError, EntryError } from './archive-error.js';
import { entryPath } from './entry-path.js';
import { writeFile } from './file-writer.js';
import { LinkedPaths } from './linked-paths.js';
import type { Entry, TarReader } from './reader.js';
import type { Extent } from './sparse.js';
import { applyWhiteout, type WhiteoutTarget } from './whiteout-entries.js';

const S_IFCHR = 0o020000;
const S_IFBLK = 0o060000;
const S_IFIFO = 0o010000;
const S_ISGID = 0o2000;
const SPECIAL_BITS = 0o7000;
const DEFAULT_ACCESS_LIST = 'system.posix_acl_default';
const DEFAULT_DIRECTORY_MODE = 0o755;
const MAX_MAJOR = 0xfff;
const MAX_MINOR = 0xfffff;
const ATTEMPTS = 4;

/** Records how to make the archive again from the files that were unpacked from it. */
export interface UnpackRecorder {
  /** The entry's bytes are in this file now, in these parts of it. */
  body(path: PathBytes, extents: readonly Extent[]): void;
  /** Moves a file or folder out of the layer, which a later entry replaces: the archive still needs its bytes. */
  keep(path: PathBytes): void;
}

/**
 * Makes the entries of an archive under `/`, in the form of an overlayfs layer. It must run in a process whose root is
 * the layer: the kernel then keeps every link, `..` and absolute path inside it, and no check is needed here. Existing
 * files are never opened, only replaced. The umask must be 0. `tarSplit` records how to make the archive again.
 */
export class Unpacker {
  readonly #reader: TarReader;
  readonly #tarSplit: UnpackRecorder | undefined;
  readonly #links = new LinkedPaths();
  readonly #directoryTimes = new Map<PathBytes, Timestamp>();
  readonly #whiteoutTarget: WhiteoutTarget = {
    makeParents: (path) => this.#parents(path),
    replace: (path, make) => this.#replace(path, make),
  };
  /** Whether new files get another owner or mode than asked for, so that both are set on each. */
  #inherits: boolean;
  /** Bytes of all files, holes left out. */
  size = 0;
  /** Directories of a layer, '' for the root, that only the paths of other entries name: lower layers say how they are. */
  readonly implied = new Set<PathBytes>(['']);

  /** @param tarSplit of a layer; without, the archive is copied, and names that begin with `.wh.` are names */
  constructor(reader: TarReader, tarSplit?: UnpackRecorder) {
    this.#reader = reader;
    this.#tarSplit = tarSplit;
    this.#inherits = process.geteuid?.() !== 0 || process.getegid?.() !== 0 || this.#inheritsGroupOrAcl('.');
  }

  unpackAll(): void {
    for (let entry = this.#reader.next(); entry; entry = this.#reader.next()) {
      try {
        this.#unpackEntry(entry);
      } catch (error) {
        throw withEntryName(entry, error);
      }
    }
    // Last, since each entry made in a directory changes its time.
    for (const [path, time] of this.#directoryTimes) setPathTime(path, time);
  }

  #unpackEntry(entry: Entry): void {
    const path = entryPath(entry.name);
    if (path === '') this.#root(entry);
    else if (this.#tarSplit && applyWhiteout(path, this.#whiteoutTarget)) return;
    else if (entry.type === 'directory') this.#directory(path, entry);
    else if (entry.type === 'file') this.#file(path, entry);
    else if (entry.type === 'link') this.#link(path, entry);
    else this.#special(path, entry);
  }

  /**
   * An entry for the root sets the root's attributes. It never replaces the root: that once emptied a host's `/etc`.
   */
  #root(entry: Entry): void {
    if (entry.type !== 'directory') throw new EntryError('an entry for the root is no directory');
    // Copying into an existing folder does not change the folder itself.
    if (!this.#tarSplit) return;
    this.#applyMetadata('.', entry, true);
    this.implied.delete('');
    this.#inherits ||= this.#inheritsGroupOrAcl('.');
    this.#directoryTimes.set('.', entry.mtime);
  }

  #directory(path: PathBytes, entry: Entry): void {
    const made = this.#replace(path, () => mkdirSync(fsPath(path), entry.mode), 'directory');
    this.#applyMetadata(path, entry, made === 'kept' || (entry.mode & SPECIAL_BITS) !== 0);
    if (made === 'over a whiteout') makeOpaque(path);
    this.implied.delete(this.#links.resolve(path));
    this.#inherits ||= (entry.mode & S_ISGID) !== 0 || entry.xattrs.has(DEFAULT_ACCESS_LIST);
    this.#directoryTimes.set(path, entry.mtime);
  }

  #file(path: PathBytes, entry: Entry): void {
    let size = 0;
    this.#replace(path, () => {
      size = writeFile(path, entry, this.#reader, this.#ownerDiffers(entry), this.#inherits);
    });
    this.size += size;
    if (size > 0)
      this.#tarSplit?.body(this.#links.resolve(path), entry.sparse?.extents ?? [{ offset: 0, length: size }]);
    this.#xattrs(path, entry);
  }

  #link(path: PathBytes, entry: Entry): void {
    const target = entryPath(entry.link, 'its target');
    if (target === path) return;
    const existing = target === '' ? undefined : lstatSync(fsPath(target), { throwIfNoEntry: false });
    if (!existing || existing.isDirectory() || isWhiteout(existing, target)) {
      const others = this.#tarSplit ? ', and files of other layers cannot be linked to' : '';
      throw new EntryError(`a hard link to ${printable(entry.link)}, which is no file earlier in the archive${others}`);
    }
    this.#replace(path, () => linkSync(fsPath(target), fsPath(path)));
  }

  #special(path: PathBytes, entry: Entry): void {
    if (entry.type === 'symlink') {
      this.#replace(path, () => symlinkSync(fsPath(entry.link), fsPath(path)));
      this.#links.add(path);
    } else this.#replace(path, () => mknod(path, entry));
    this.#applyMetadata(path, entry, false);
    setPathTime(path, entry.mtime);
  }

  /** Makes an entry, after removing an earlier one of that name and adding missing parents. */
  #replace(path: PathBytes, make: () => void, kind?: 'directory'): 'made' | 'kept' | 'over a whiteout' {
    let result: 'made' | 'over a whiteout' = 'made';
    for (let attempt = 1; ; attempt++) {
      try {
        make();
        return result;
      } catch (error) {
        const code = (error as { code?: string }).code;
        if (attempt === ATTEMPTS || (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EEXIST')) throw error;
        if (code !== 'EEXIST') {
          this.#parents(path);
          continue;
        }
        const existing = lstatSync(fsPath(path));
        if (kind === 'directory' && existing.isDirectory()) return 'kept';
        if (isWhiteout(existing, path)) result = 'over a whiteout';
        this.#remove(path, existing);
      }
    }
  }

  #remove(path: PathBytes, existing: Stats): void {
    if (!this.#tarSplit && existing.isDirectory()) throw new EntryError('a directory is in its place');
    if (this.#tarSplit && (existing.isDirectory() || existing.isFile())) this.#tarSplit.keep(this.#links.resolve(path));
    else unlinkSync(fsPath(path));
    if (!existing.isDirectory()) return;
    for (const known of [this.#directoryTimes, this.implied]) {
      for (const folder of known.keys()) {
        if (folder === path || folder.startsWith(`${path}/`)) known.delete(folder);
      }
    }
  }

  #parents(path: PathBytes): void {
    const slash = path.lastIndexOf('/');
    if (slash <= 0) return;
    const parent = path.slice(0, slash);
    for (let attempt = 1; ; attempt++) {
      try {
        mkdirSync(fsPath(parent), DEFAULT_DIRECTORY_MODE);
        if (this.#tarSplit) this.implied.add(this.#links.resolve(parent));
        return;
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === 'EEXIST') {
          this.#overWhiteout(parent);
          return;
        }
        if (attempt === ATTEMPTS || (code !== 'ENOENT' && code !== 'ENOTDIR')) throw error;
        this.#parents(parent);
      }
    }
  }

  /** A directory takes the place of a whiteout that came before what is in it, and hides what the whiteout did. */
  #overWhiteout(path: PathBytes): void {
    const existing = lstatSync(fsPath(path));
    if (!this.#tarSplit || !isWhiteout(existing, path)) return;
    unlinkSync(fsPath(path));
    mkdirSync(fsPath(path), DEFAULT_DIRECTORY_MODE);
    makeOpaque(path);
  }

  /** Owner, then mode, then attributes: a change of owner takes set-uid bits and capabilities away. */
  #applyMetadata(path: PathBytes, entry: Entry, setMode: boolean): void {
    if (this.#ownerDiffers(entry)) lchownSync(fsPath(path), entry.uid, entry.gid);
    if (entry.type !== 'symlink' && (setMode || this.#inherits || this.#ownerDiffers(entry))) {
      chmodSync(fsPath(path), entry.mode);
    }
    this.#xattrs(path, entry);
  }

  #ownerDiffers(entry: Entry): boolean {
    return this.#inherits || entry.uid !== 0 || entry.gid !== 0;
  }

  #xattrs(path: PathBytes, entry: Entry): void {
    for (const [name, value] of entry.xattrs) {
      if (ENGINE_XATTRS.test(name)) continue;
      if (libc().lsetxattr(cString(path), cString(name), value, value.length, 0) === 0) continue;
      const error = new SystemError('lsetxattr', libc().errno(), name);
      // A filesystem without this kind of attribute, and a label of a security module that is not there.
      if (error.code !== 'ENOTSUP' && error.code !== 'EOPNOTSUPP') throw error;
    }
  }

  /** Whether files made in a directory inherit its group, or a default access list. */
  #inheritsGroupOrAcl(path: PathBytes): boolean {
    const stat = lstatSync(fsPath(path));
    const hasDefaultList = Number(libc().lgetxattr(cString(path), DEFAULT_ACCESS_LIST, null, 0)) > 0;
    return (stat.mode & S_ISGID) !== 0 || hasDefaultList;
  }
}

function mknod(path: PathBytes, { type, mode, major, minor }: Entry): void {
  if (type === 'fifo') {
    mknodAt(path, S_IFIFO | mode, 0);
    return;
  }
  if (major === 0 && minor === 0 && type === 'character') throw new EntryError('a device 0:0 would hide a file');
  if (major < 0 || minor < 0 || major > MAX_MAJOR || minor > MAX_MINOR) {
    throw new EntryError(`there is no device ${major}:${minor}`);
  }
  const device = (minor & 0xff) + major * 0x100 + (minor >> 8) * 0x10_0000;
  mknodAt(path, (type === 'block' ? S_IFBLK : S_IFCHR) | mode, device);
}

function mknodAt(path: PathBytes, mode: number, device: number): void {
  check(libc().mknod(cString(path), mode, device), 'mknod', path);
}

function withEntryName(entry: Entry, error: unknown): unknown {
  if (error instanceof EntryError) return new ArchiveError(`${printable(entry.name)}: ${error.message}`);
  return error instanceof ArchiveError ? error : Object.assign(error as Error, { entry: printable(entry.name) });
}
