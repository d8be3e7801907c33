import {
  closeSync,
  constants,
  fchmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  type Stats,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, posix, resolve } from 'node:path';
import { type Readable, Writable } from 'node:stream';
import { extract, type ReadEntry } from 'tar';
import { GantryError, type TreeReading, type TreeWriting } from '../kernel/contracts/index.js';
import { plain } from '../kernel/text/index.js';
import { folderTar } from '../plugins/image/index.js';
import { failure } from '../transport/local/index.js';
import type { LocalTrees, Unpacking } from '../transport/wire/index.js';

const MODE_BITS = 0o777;
const SPECIAL_BITS = 0o7000;
const ALL_BITS = SPECIAL_BITS | MODE_BITS;
/** Types of entries that `tar` makes and that have a mode. */
const WITH_MODES = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory', 'Link']);
/** Replaces bytes in a name that are no UTF-8. */
const REPLACED = '\uFFFD';

/** Access of a call to files and folders of this process's user: `docker cp`. */
export const CLIENT_TREES: LocalTrees = { look, read, unpack, create };

function look(path: string): 'file' | 'directory' | undefined {
  const stats = reading(path, () => statSync(path, { throwIfNoEntry: false }));
  return stats && (stats.isDirectory() ? 'directory' : 'file');
}

function read(path: string, { as, followLink, owners }: TreeReading): Readable {
  const isContent = as === '.';
  const place = reading(path, () => (followLink || isContent ? realpathSync(path) : resolve(path)));
  const stats = reading<Stats>(path, () => lstatSync(place));
  if (isContent && !stats.isDirectory()) throw new GantryError('invalid', `${path} is not a directory`);
  const name = latin1(as);
  const base = latin1(basename(place));
  return folderTar(isContent ? place : dirname(place), {
    ...(!isContent && { only: base }),
    leaveOut: () => false,
    rename: (found) => (isContent ? `./${found}` : name + found.slice(base.length)),
    ofRoot: !owners,
  });
}

/**
 * The archive comes from a container, and may be hostile: `tar` ensures that nothing in it leads out of the folder.
 * Entries that `tar` cannot make or name are left out with a warning.
 */
function unpack(path: string, { beside, owners }: TreeWriting): Unpacking {
  const folder = beside ? dirname(resolve(path)) : path;
  if (beside && look(path) === 'directory') throw new GantryError('denied', `cannot copy over the folder ${path}`);
  const stats = reading(folder, () => statSync(folder));
  if (!stats.isDirectory()) throw new GantryError('invalid', `${folder} is not a directory`);
  const { promise, resolve: ended, reject } = Promise.withResolvers<void>();
  const failed = (why: string | Error): GantryError =>
    new GantryError('unavailable', `cannot copy to ${path}: ${why instanceof Error ? why.message : why}`);
  const atLast = new DeferredEntries(folder, owners);
  // Entry by entry, each made before the next is read: `tar` itself would read all of them, and make them when it can.
  const unpacker = extract({
    sync: true,
    cwd: folder,
    unlink: true,
    chmod: true,
    processUmask: 0,
    preserveOwner: owners,
    filter: (_path, entry) =>
      (!beside || isNamed(entry as ReadEntry, basename(resolve(path)))) &&
      hasPlainName(entry as ReadEntry) &&
      atLast.isForNow(entry as ReadEntry),
    // A program of a container must not run with the rights of the user who copied it.
    onReadEntry: (entry) => {
      if (!owners && entry.mode !== undefined) entry.mode &= MODE_BITS;
    },
    onwarn: (code, message, data) => {
      const entry = data['entry'] as ReadEntry | undefined;
      if (code === 'TAR_ENTRY_UNSUPPORTED') warn(`${entry?.path}: a ${entry?.type} is not copied`);
      else if (code !== 'TAR_ENTRY_INFO') reject(failed(message));
    },
  });
  unpacker.on('close', ended).on('error', (error) => reject(failed(error)));
  const done = promise.then(() => atLast.make());
  const input = new Writable({
    write: (bytes: Buffer, _encoding, next) => {
      try {
        unpacker.write(bytes);
      } catch (error) {
        reject(failed(error as Error));
      }
      // Signals are heard between two pieces.
      setImmediate(next);
    },
    final: (next) => {
      unpacker.end();
      next();
    },
  });
  done.catch(() => input.destroy());
  input.on('error', () => {});
  return { input, done };
}

function create(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw failure(path, error as NodeJS.ErrnoException);
    throw new GantryError('conflict', `${path} is there already`);
  }
}

/**
 * Work that is done when all else of an archive is there. Symbolic links: so that nothing goes through them, wherever they lead;
 * `tar` itself would make absolute ones relative. Set-uid bits: it changes the owner after the mode, which takes them away.
 */
class DeferredEntries {
  readonly #links = new Map<string, string>();
  readonly #modes = new Map<string, number>();

  constructor(
    private readonly folder: string,
    private readonly owners: boolean,
  ) {}

  /** @returns whether `tar` is to make the entry now */
  isForNow({ type, path, linkpath = '', mode = 0 }: ReadEntry): boolean {
    if (type === 'SymbolicLink') this.#links.set(posix.join('/', path), linkpath);
    else if (this.owners && WITH_MODES.has(type) && (mode & SPECIAL_BITS) !== 0) {
      this.#modes.set(posix.join('/', path), mode);
    }
    return type !== 'SymbolicLink';
  }

  /** @throws GantryError where another file is in its place */
  make(): void {
    for (const [path, mode] of this.#modes) {
      if (this.#isBehindLink(path)) continue;
      const place = join(this.folder, path);
      reading(place, () => {
        const fd = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
        fchmodSync(fd, mode & ALL_BITS);
        closeSync(fd);
      });
    }
    for (const [path, target] of this.#links) {
      if (this.#isBehindLink(path)) warn(`${path}: it lies behind a link`);
      else this.#link(join(this.folder, path), target);
    }
  }

  /** Whether a folder above it is a link, of this archive or the user's own. */
  #isBehindLink(path: string): boolean {
    const above = path.split('/').map((_, index, names) => names.slice(0, index).join('/'));
    return above.some((folder) => {
      if (folder === '') return false;
      const place = join(this.folder, folder);
      return this.#links.has(folder) || lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    });
  }

  #link(place: string, target: string): void {
    reading(place, () => {
      mkdirSync(dirname(place), { recursive: true });
      if (lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === false) unlinkSync(place);
      symlinkSync(target, place);
    });
  }
}

/** Beside what the path names nothing else is made, whatever a daemon sends. */
function isNamed({ path }: ReadEntry, name: string): boolean {
  return posix.join('/', path).split('/')[1] === name;
}

function hasPlainName({ path }: ReadEntry): boolean {
  const isPlain = !path.includes(REPLACED);
  if (!isPlain) warn(`${path}: its name is not UTF-8`);
  return isPlain;
}

function warn(message: string): void {
  writeSync(2, `Warning: left out: ${plain(message)}\n`);
}

function reading<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw failure(path, error as NodeJS.ErrnoException);
  }
}

/** Names of files are bytes in archives of ours. */
function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
