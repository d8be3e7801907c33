import { type BigIntStats, closeSync, constants, lstatSync, openSync, readdirSync } from 'node:fs';
import { GantryError } from '../../../kernel/index.js';
import { fsPath, type PathBytes, printable } from './path-bytes.js';

export interface TreeEntry {
  /** Relative to the tree's root. */
  readonly path: PathBytes;
  readonly name: PathBytes;
  /** 0 for the entries of the root. */
  readonly depth: number;
  /**
   * A path of the host that leads to this entry and nowhere else, until the next one is asked for. Follow no link at its
   * end.
   */
  readonly at: PathBytes;
  readonly stat: BigIntStats;
}

/** One after another: each is looked at before the next one is asked for. */
export type TreeEntries<Entry = TreeEntry> = Iterable<Entry> | AsyncIterable<Entry>;

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Errors that occur when a running container changes the tree during the walk. */
const GONE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

export interface WalkOptions {
  /** The only name of the root to visit. */
  readonly only?: PathBytes;
  /** By the path relative to the root. */
  readonly leaveOut: (path: PathBytes) => boolean;
}

/**
 * Walks a folder: directories before their entries, names in order of their bytes. A running container may replace a
 * directory by a link at any moment. Each step goes through the open directory above it, so that the walk never leaves
 * the tree.
 */
export function walk(root: string, options: WalkOptions): Generator<TreeEntry> {
  return inside(openSync(root, constants.O_RDONLY | constants.O_DIRECTORY), '', 0, options);
}

function* inside(fd: number, prefix: PathBytes, depth: number, options: WalkOptions): Generator<TreeEntry> {
  const here = `/proc/self/fd/${fd}`;
  try {
    const names = depth === 0 && options.only !== undefined ? [options.only] : namesIn(here);
    for (const name of names) {
      const path = prefix + name;
      const at = `${here}/${name}`;
      const stat = lstatSync(fsPath(at), { bigint: true, throwIfNoEntry: false });
      if (!stat || options.leaveOut(path)) continue;
      yield { path, name, depth, at, stat };
      const child = stat.isDirectory() ? openDirectory(at, path) : undefined;
      if (child !== undefined) yield* inside(child, `${path}/`, depth + 1, options);
    }
  } finally {
    closeSync(fd);
  }
}

/** The names in a directory, in order of their bytes. */
export function namesIn(directory: PathBytes): PathBytes[] {
  return readdirSync(fsPath(directory), { encoding: 'latin1' }).sort();
}

function openDirectory(at: PathBytes, path: PathBytes): number | undefined {
  try {
    return openSync(fsPath(at), DIRECTORY);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (GONE.has(code)) return undefined;
    if (code === 'EACCES') throw new GantryError('denied', `/${printable(path)}: permission denied`, { cause: error });
    if (code !== 'EMFILE') throw error;
    const levels = path.split('/').length;
    throw new GantryError('invalid', `a container's tree is too deep to be read: more than ${levels} levels`);
  }
}
