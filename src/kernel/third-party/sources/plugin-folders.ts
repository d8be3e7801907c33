import { readdirSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

const EXTENSIONS: ReadonlySet<string> = new Set(['.ts', '.mts', '.js', '.mjs']);
/** A folder with more entries than this is taken for a mistake. */
const MOST_PLUGINS = 500;

/** The plugins in a folder. */
interface FolderContent {
  /** Absolute paths, sorted: files, and folders with a package.json. */
  readonly sources: readonly string[];
  /** Why it cannot be used; undefined where it can, or is not there. */
  readonly refused: string | undefined;
}

/** The folders of plugins, and the sources in them. */
export class PluginFolders {
  /** Why a folder cannot be used, by its path. */
  readonly refused = new Map<string, string>();

  constructor(readonly paths: readonly string[]) {}

  /**
   * The sources in all folders, each once. A folder that cannot be read just now keeps what it had.
   * @param known sources of the last time
   */
  sources(known: readonly string[]): readonly string[] {
    return [...new Set(this.paths.flatMap((folder) => this.#sourcesIn(folder, known)))];
  }

  #sourcesIn(folder: string, known: readonly string[]): readonly string[] {
    const { sources, refused } = listFolder(folder);
    if (refused === undefined) {
      this.refused.delete(folder);
      return sources;
    }
    this.refused.set(folder, refused);
    return known.filter((source) => dirname(source) === folder);
  }
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
