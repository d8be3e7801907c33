import { type BigIntStats, lstatSync } from 'node:fs';
import { fsPath, isOpaque, isWhiteout, namesIn, type PathBytes, type TreeEntry, toPathBytes } from '../fs/index.js';

/** The entry that lower layers have under one name. */
export interface LowerEntry {
  /** Of the highest one; undefined where there is none, or a whiteout hides it. */
  readonly stat: BigIntStats | undefined;
  /** A path of the host that leads there. */
  readonly at: PathBytes;
  /** Where it is a directory: that of each layer which has a part in it, highest first. */
  readonly directories: readonly PathBytes[];
}

const NOTHING: LowerEntry = { stat: undefined, directories: [], at: '' };

/**
 * Walks the merged view that an overlayfs of these folders, highest first, would show: directories before their entries,
 * names in order of their bytes.
 */
export function walkMerged(lowers: readonly string[]): Generator<TreeEntry> {
  return inside(lowers.map(toPathBytes), '', 0);
}

function* inside(folders: readonly PathBytes[], prefix: PathBytes, depth: number): Generator<TreeEntry> {
  for (const name of [...new Set(folders.flatMap(namesIn))].sort()) {
    const { stat, at, directories } = lookUp(folders, name);
    if (!stat) continue;
    yield { path: prefix + name, name, depth, at, stat };
    if (stat.isDirectory()) yield* inside(directories, `${prefix}${name}/`, depth + 1);
  }
}

/**
 * Looks a name up as overlayfs does: the first layer that has it decides, and directories merge until one is opaque.
 */
export function lookUp(directories: readonly PathBytes[], name: PathBytes): LowerEntry {
  let highest: BigIntStats | undefined;
  const merged: PathBytes[] = [];
  for (const directory of directories) {
    const path = `${directory}/${name}`;
    const stat = lstatSync(fsPath(path), { bigint: true, throwIfNoEntry: false });
    if (!stat) continue;
    if (isWhiteout(stat, path)) break;
    if (!stat.isDirectory())
      return highest ? { stat: highest, directories: merged, at: merged[0] ?? '' } : { ...NOTHING, stat, at: path };
    highest ??= stat;
    merged.push(path);
    if (isOpaque(path)) break;
  }
  return { stat: highest, directories: merged, at: merged[0] ?? '' };
}

export function missingNames(directories: readonly PathBytes[], present: readonly PathBytes[]): PathBytes[] {
  const names = new Set(directories.flatMap(namesIn));
  for (const name of present) names.delete(name);
  return [...names].filter((name) => lookUp(directories, name).stat);
}
