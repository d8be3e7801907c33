import { lstatSync, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { GantryError } from '../errors.js';

const EXTENSIONS: ReadonlySet<string> = new Set(['.ts', '.mts', '.js', '.mjs']);
/** A folder with more entries than this is taken for a mistake. */
const MOST_PLUGINS = 500;
const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;

/** What a folder of plugins holds. */
export interface FolderContent {
  /** Absolute paths, sorted: files, and folders with a package.json. */
  readonly sources: readonly string[];
  /** Why it cannot be used; undefined where it can, or is not there. */
  readonly refused: string | undefined;
}

/** Lists a folder. One that is missing holds nothing. */
export function listFolder(folder: string): FolderContent {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const sources = entries
      .map(({ name }) => name)
      .filter(isCandidate)
      .map((name) => join(folder, name))
      .filter((path) => EXTENSIONS.has(extname(path)) || isPackage(path))
      .sort();
    if (sources.length > MOST_PLUGINS) {
      const refused = `holds ${sources.length} plugins, and at most ${MOST_PLUGINS} are loaded from one folder: no further one is`;
      return { sources: [], refused };
    }
    return { sources, refused: undefined };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { sources: [], refused: code === 'ENOENT' ? undefined : `cannot be read: ${message}` };
  }
}

/** Editors leave hidden files and copies behind; types and tests are no plugins. */
function isCandidate(name: string): boolean {
  return !/^[.#]|~$|\.d\.m?ts$|\.test\.m?[tj]s$/.test(name);
}

function isPackage(path: string): boolean {
  try {
    return statSync(join(path, 'package.json')).isFile();
  } catch {
    return false;
  }
}

/**
 * Refuses a file whose content, or whose place, others than root and this process's user could change: each folder above
 * it, and wherever links on the way lead. @param path absolute
 * @throws GantryError `denied`, saying which and why; `not found`
 */
export function demandTrusted(path: string): void {
  // What leads nowhere, or in a circle, ends here.
  realPath(path);
  for (let at = path; ; at = dirname(at)) {
    const stat = lstatSync(at);
    const reason = whyDistrusted(stat, at !== path);
    if (reason) throw new GantryError('denied', `${at} ${reason}`, { hint: 'Only root may be able to write there' });
    if (stat.isSymbolicLink()) demandTrusted(resolve(dirname(at), readlinkSync(at)));
    if (at === dirname(at)) return;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new GantryError('not found', `${path} cannot be found (${code})`, { cause: error });
  }
}

function whyDistrusted(stat: Stats, isFolderAbove: boolean): string | undefined {
  const { uid, gid, mode } = stat;
  const own = process.geteuid?.() ?? 0;
  if (uid !== 0 && uid !== own) return `belongs to user ${uid}`;
  // A link's own mode says nothing.
  if (stat.isSymbolicLink()) return undefined;
  // In a sticky folder nobody can replace what is another's.
  if (isFolderAbove && mode & STICKY) return undefined;
  if (mode & WRITABLE_BY_ALL) return 'can be written to by everyone';
  return mode & WRITABLE_BY_GROUP && gid !== 0 ? `can be written to by group ${gid}` : undefined;
}
