import { lchownSync, linkSync, lstatSync, mkdirSync, type Stats, symlinkSync, unlinkSync } from 'node:fs';
import {
  fsPath,
  ImpliedFolders,
  isWhiteout,
  LinkedPaths,
  makeOpaque,
  type PathBytes,
  PLACES_OF_ROOT,
  type Places,
  printable,
  setPathTime,
  type Timestamp,
} from '../fs/index.js';
import { ArchiveError, EntryError, withEntryName } from './archive-error.js';
import {
  type CopyRules,
  chmodPlace,
  copiedPath,
  LeftOutDevices,
  mayFollow,
  refuseToReplace,
  SPECIAL_BITS,
} from './copy-rules.js';
import { entryPath } from './entry-path.js';
import { DEFAULT_ACCESS_LIST, inheritsGroupOrAcl, makeNode, setXattr, writeFile } from './file-writer.js';
import type { Entry, TarReader } from './reader.js';
import type { Extent } from './sparse.js';
import { applyWhiteout, type WhiteoutTarget } from './whiteout-entries.js';

const S_ISGID = 0o2000;
const DEFAULT_DIRECTORY_MODE = 0o755;
const ATTEMPTS = 4;
/** A folder that its user may fill. */
const WRITABLE = 0o700;

/** What a folder gets when all is in it. */
interface Finish {
  readonly time: Timestamp;
  /** What is made in it inherits it. */
  readonly defaultList: Buffer | undefined;
  /** Of a user's own folder. */
  readonly mode: number | undefined;
}

type Replacement = 'made' | 'kept' | 'over a whiteout' | 'behind a link';

/** Records how to make the archive again from the files that were unpacked from it. */
export interface UnpackRecorder {
  /** The entry's bytes are in this file now, in these parts of it. */
  body(path: PathBytes, extents: readonly Extent[]): void;
  /** Moves a file or folder out of the layer, which a later entry replaces: the archive still needs its bytes. */
  keep(path: PathBytes): void;
}

interface UnpackTarget {
  /** Of a layer: records how to make the archive again. */
  readonly tarSplit?: UnpackRecorder | undefined;
  /** Of a copy: names that begin with `.wh.` are names, a folder is not replaced, and a folder may be behind a link. */
  readonly copy?: CopyRules | undefined;
}

/**
 * Makes the entries of an archive, in the form of an overlayfs layer, or as a copy into a tree. It must run in a process
 * whose root is the layer or tree, or with `PlainPlaces`: the kernel then keeps every link, `..` and absolute path inside
 * it, and no check is needed here. Existing files are never opened, only replaced. The umask must be 0.
 */
export class Unpacker {
  readonly #reader: TarReader;
  readonly #tarSplit: UnpackRecorder | undefined;
  readonly #copy: CopyRules | undefined;
  readonly #places: Places;
  /** Whether what is copied gets this user's rights, and not the archive's. */
  readonly #isOwn: boolean;
  readonly #links = new LinkedPaths();
  readonly #folders = new Map<PathBytes, Finish>();
  readonly #whiteoutTarget: WhiteoutTarget = {
    makeParents: (path) => this.#parents(path),
    replace: (path, make) => this.#replace(path, make),
  };
  /** Whether new files get another owner or mode than asked for, so that both are set on each. */
  #inherits: boolean;
  readonly #devices = new LeftOutDevices();
  #made = 0;
  /** Bytes of all files, holes left out. */
  size = 0;
  readonly implied = new ImpliedFolders(this.#links);

  constructor(reader: TarReader, { tarSplit, copy }: UnpackTarget) {
    this.#reader = reader;
    this.#tarSplit = tarSplit;
    this.#copy = copy;
    this.#isOwn = copy?.owners === false;
    this.#places = copy?.places ?? PLACES_OF_ROOT;
    this.#inherits = process.geteuid?.() !== 0 || process.getegid?.() !== 0 || inheritsGroupOrAcl(this.#places.at('.'));
  }

  /** What was left out, some of it, in words. */
  get leftOut(): readonly string[] {
    return this.#devices.words;
  }

  unpackAll(): void {
    for (let entry = this.#reader.next(); entry; entry = this.#reader.next()) {
      try {
        this.#unpackEntry(entry);
      } catch (error) {
        throw withEntryName(entry.name, error);
      }
    }
    // Last, since each entry made in a directory changes its time, and not all modes let entries in.
    for (const [path, folder] of [...this.#folders].reverse()) this.#finish(path, folder);
    if (this.#made === 0 && this.leftOut[0] !== undefined) throw new ArchiveError(this.leftOut[0]);
  }

  #unpackEntry(entry: Entry): void {
    const path = this.#pathOf(entry.name);
    if (path === undefined) return;
    if (this.#isOwn && this.#devices.has(path, entry, () => this.#pathOf(entry.link, 'its target'))) return;
    if (path === '') this.#root(entry);
    else if (!this.#copy && applyWhiteout(path, this.#whiteoutTarget)) return;
    else if (entry.type === 'directory') this.#directory(path, entry);
    else if (entry.type === 'file') this.#file(path, entry);
    else if (entry.type === 'link') this.#link(path, entry);
    else this.#special(path, entry);
    this.#made++;
  }

  /** Undefined for what is not asked for. */
  #pathOf(name: PathBytes, what?: string): PathBytes | undefined {
    const path = entryPath(name, what);
    return this.#copy ? copiedPath(path, this.#copy) : path;
  }

  /**
   * An entry for the root sets the root's attributes. It never replaces the root: that once emptied a host's `/etc`.
   */
  #root(entry: Entry): void {
    if (entry.type !== 'directory') throw new EntryError('an entry for the root is no directory');
    // Copying into an existing folder does not change the folder itself.
    if (this.#copy) return;
    this.#applyMetadata('.', entry, true);
    this.implied.named('');
    this.#inherits ||= inheritsGroupOrAcl(this.#places.at('.'));
    this.#folders.set('.', finishOf(entry, undefined));
  }

  #directory(path: PathBytes, entry: Entry): void {
    const isOwn = this.#isOwn;
    const mode = this.#modeOf(entry);
    const made = this.#replace(path, (at) => mkdirSync(fsPath(at), mode | (isOwn ? WRITABLE : 0)), 'directory');
    if (made === 'behind a link') return;
    if (!isOwn || made !== 'kept') {
      this.#applyMetadata(path, entry, made === 'kept' || (entry.mode & SPECIAL_BITS) !== 0);
    }
    if (made === 'over a whiteout') makeOpaque(path);
    if (!this.#copy) this.implied.named(path);
    this.#inherits ||= (mode & S_ISGID) !== 0;
    this.#folders.set(path, finishOf(entry, isOwn ? mode : undefined));
  }

  #finish(path: PathBytes, { time, defaultList, mode }: Finish): void {
    try {
      const at = this.#places.at(path);
      if (defaultList) setXattr(at, DEFAULT_ACCESS_LIST, defaultList, this.#isOwn);
      setPathTime(at, time);
      if (mode !== undefined) chmodPlace(this.#places, path, mode, 'directory');
    } catch (error) {
      // A folder that was there may be somebody else's.
      if (mode === undefined || (error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    }
  }

  #file(path: PathBytes, entry: Entry): void {
    let size = 0;
    const mode = this.#modeOf(entry);
    this.#replace(path, (at) => {
      size = writeFile(at, { ...entry, mode }, this.#reader, this.#ownerDiffers(entry), this.#inherits);
    });
    this.size += size;
    if (size > 0)
      this.#tarSplit?.body(this.#links.resolve(path), entry.sparse?.extents ?? [{ offset: 0, length: size }]);
    this.#xattrs(path, entry);
  }

  #link(path: PathBytes, entry: Entry): void {
    const target = this.#pathOf(entry.link, 'its target');
    if (target === path) return;
    const at = target ? this.#placeIfThere(target) : undefined;
    const existing = at === undefined ? undefined : lstatSync(fsPath(at), { throwIfNoEntry: false });
    if (!target || at === undefined || !existing || existing.isDirectory() || isWhiteout(existing, at)) {
      const others = this.#copy ? '' : ', and files of other layers cannot be linked to';
      throw new EntryError(`a hard link to ${printable(entry.link)}, which is no file earlier in the archive${others}`);
    }
    this.#replace(path, (place) => linkSync(fsPath(this.#places.at(target)), fsPath(place)));
  }

  #placeIfThere(path: PathBytes): PathBytes | undefined {
    try {
      return this.#places.at(path);
    } catch {
      return undefined;
    }
  }

  #special(path: PathBytes, entry: Entry): void {
    if (entry.type === 'symlink') {
      this.#replace(path, (at) => symlinkSync(fsPath(entry.link), fsPath(at)));
      if (this.#tarSplit) this.#links.add(path);
    } else this.#replace(path, (at) => makeNode(at, { ...entry, mode: this.#modeOf(entry) }));
    this.#applyMetadata(path, entry, false);
    setPathTime(this.#places.at(path), entry.mtime);
  }

  /** Makes an entry, after removing an earlier one of that name and adding missing parents. */
  #replace(path: PathBytes, make: (at: PathBytes) => void, kind?: 'directory'): Replacement {
    let result: Replacement = 'made';
    for (let attempt = 1; ; attempt++) {
      try {
        make(this.#places.at(path));
        return result;
      } catch (error) {
        const code = (error as { code?: string }).code;
        if (attempt === ATTEMPTS || (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EEXIST')) throw error;
        if (code !== 'EEXIST') {
          this.#parents(path);
          continue;
        }
        const at = this.#places.at(path);
        const existing = lstatSync(fsPath(at));
        if (kind === 'directory' && existing.isDirectory()) return 'kept';
        if (isWhiteout(existing, at)) result = 'over a whiteout';
        if (this.#copy) {
          if (kind === 'directory' && mayFollow(at, existing, this.#copy)) return 'behind a link';
          refuseToReplace(at, existing, kind);
        }
        this.#remove(path, existing);
      }
    }
  }

  #remove(path: PathBytes, existing: Stats): void {
    if (this.#tarSplit && (existing.isDirectory() || existing.isFile())) this.#tarSplit.keep(this.#links.resolve(path));
    else unlinkSync(fsPath(this.#places.at(path)));
    if (!existing.isDirectory()) return;
    if (!this.#copy) this.implied.removed(path);
    for (const known of this.#folders.keys()) {
      if (known === path || known.startsWith(`${path}/`)) this.#folders.delete(known);
    }
  }

  #parents(path: PathBytes): void {
    const slash = path.lastIndexOf('/');
    if (slash <= 0) return;
    if (this.#copy) this.#places.makeFolder(path.slice(0, slash), DEFAULT_DIRECTORY_MODE);
    else this.implied.make(path.slice(0, slash));
  }

  /** Owner, then mode, then attributes: a change of owner takes set-uid bits and capabilities away. */
  #applyMetadata(path: PathBytes, entry: Entry, setMode: boolean): void {
    const at = this.#places.at(path);
    const setOwner = this.#ownerDiffers(entry);
    if (setOwner) lchownSync(fsPath(at), entry.uid, entry.gid);
    // A folder of the user's gets its mode when all is in it.
    const isLater = this.#isOwn && entry.type === 'directory';
    if (entry.type !== 'symlink' && !isLater && (setMode || this.#inherits || setOwner)) {
      chmodPlace(this.#places, path, this.#modeOf(entry), entry.type);
    }
    this.#xattrs(path, entry);
  }

  #ownerDiffers(entry: Entry): boolean {
    return !this.#isOwn && (this.#inherits || entry.uid !== 0 || entry.gid !== 0);
  }

  /** A program of a container must not run with the rights of the user who copies it. */
  #modeOf({ mode }: Entry): number {
    return this.#isOwn ? mode & ~SPECIAL_BITS : mode;
  }

  #xattrs(path: PathBytes, { xattrs }: Entry): void {
    for (const [name, value] of xattrs) {
      if (name !== DEFAULT_ACCESS_LIST) setXattr(this.#places.at(path), name, value, this.#isOwn);
    }
  }
}

function finishOf({ mtime, xattrs }: Entry, mode: number | undefined): Finish {
  return { time: mtime, mode, defaultList: xattrs.get(DEFAULT_ACCESS_LIST) };
}
