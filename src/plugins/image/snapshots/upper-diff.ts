import type { BigIntStats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { namesIn, type PathBytes, type TreeEntries, type TreeEntry, toPathBytes, walk } from '../fs/index.js';
import { isOfEngine } from '../layers/index.js';
import { CopiedFiles } from './copied-files.js';
import { lookUp, missingNames } from './merged-layers.js';
import { isSameDirectory, isSameFile } from './same-entry.js';
import { isCopy } from './vfs.js';

const S_IFCHR = 0o020000n;
/** Entries that are looked at before other tasks get their turn. */
const BATCH = 256;

/**
 * Yields the changes of a container in overlayfs's form: its upper folder as it is, or the differences in a copy of its
 * image.
 * @param lowers of the image, highest first
 */
export function upperDiff(upper: string, lowers: readonly string[]): TreeEntries {
  if (!isCopy(upper)) return walk(upper, { leaveOut: isOfEngine });
  return differing(upper, lowers, CopiedFiles.of(upper));
}

/** Entries that differ from the image's, the directories above them, and whiteouts for removed entries. */
async function* differing(upper: string, lowers: readonly string[], copied: CopiedFiles): AsyncGenerator<TreeEntry> {
  const lowersAt: (readonly PathBytes[])[] = [lowers.map(toPathBytes)];
  /** Unchanged directories above: yielded before the first entry in them that is. */
  const waiting: TreeEntry[] = [];
  yield* gone(lowersAt[0] ?? [], toPathBytes(upper), '', 0);
  let looked = 0;
  for (const entry of walk(upper, { leaveOut: isOfEngine })) {
    if (++looked % BATCH === 0) await setImmediate();
    const { path, name, depth, at, stat } = entry;
    while ((waiting.at(-1)?.depth ?? -1) >= depth) waiting.pop();
    const lower = lookUp(lowersAt[depth] ?? [], name);
    lowersAt[depth + 1] = lower.directories;
    const whiteouts = stat.isDirectory() ? [...gone(lower.directories, at, `${path}/`, depth + 1)] : [];
    const image = lower.stat && { stat: lower.stat, at: lower.at };
    if (whiteouts.length === 0 && image && (await isUntouched(entry, image, copied))) {
      if (stat.isDirectory()) waiting.push(entry);
      continue;
    }
    yield* waiting.splice(0);
    yield entry;
    yield* whiteouts;
  }
}

/** A file that was only touched is as it was: it is compared as a whole. */
async function isUntouched(
  entry: TreeEntry,
  lower: Pick<TreeEntry, 'stat' | 'at'>,
  copied: CopiedFiles,
): Promise<boolean> {
  if (entry.stat.isDirectory()) return isSameDirectory(entry, lower);
  if (lower.stat.isDirectory()) return false;
  return copied.hasUntouched(entry) || isSameFile(entry, lower);
}

function* gone(
  directories: readonly PathBytes[],
  at: PathBytes,
  prefix: PathBytes,
  depth: number,
): Generator<TreeEntry> {
  for (const name of missingNames(directories, namesIn(at)).sort()) {
    const { stat } = lookUp(directories, name);
    if (stat && !isOfEngine(prefix + name)) yield { path: prefix + name, name, depth, at: '', stat: whiteout(stat) };
  }
}

function whiteout(hidden: BigIntStats): BigIntStats {
  return Object.assign(Object.create(hidden) as BigIntStats, { mode: S_IFCHR, rdev: 0n, size: 0n, nlink: 1n });
}
