import type { BigIntStats } from 'node:fs';
import { namesIn, type PathBytes, type TreeEntry, toPathBytes, walk } from '../fs/index.js';
import { isOfEngine } from '../layers/index.js';
import { isSameDirectory, lookUp, missingNames } from './merged-layers.js';
import { copiedAt } from './vfs.js';

const S_IFCHR = 0o020000n;

/**
 * Yields the changes of a container in overlayfs's form: its upper folder as it is, or the differences in a copy of its
 * image.
 * @param lowers of the image, highest first
 */
export function upperDiff(upper: string, lowers: readonly string[]): Generator<TreeEntry> {
  const copied = copiedAt(upper);
  return copied === undefined ? walk(upper, { leaveOut: isOfEngine }) : differing(upper, lowers, copied);
}

/** Entries that have changed since the copy was made, the directories above them, and whiteouts for removed entries. */
function* differing(upper: string, lowers: readonly string[], copied: bigint): Generator<TreeEntry> {
  const lowersAt: (readonly PathBytes[])[] = [lowers.map(toPathBytes)];
  /** Unchanged directories above: yielded before the first entry in them that is. */
  const waiting: TreeEntry[] = [];
  yield* gone(lowersAt[0] ?? [], toPathBytes(upper), '', 0);
  for (const entry of walk(upper, { leaveOut: isOfEngine })) {
    const { path, name, depth, at, stat } = entry;
    while ((waiting.at(-1)?.depth ?? -1) >= depth) waiting.pop();
    const lower = lookUp(lowersAt[depth] ?? [], name);
    lowersAt[depth + 1] = lower.directories;
    const whiteouts = stat.isDirectory() ? [...gone(lower.directories, at, `${path}/`, depth + 1)] : [];
    if (whiteouts.length === 0 && lower.stat && isUntouched(stat, lower.stat, copied)) {
      if (stat.isDirectory()) waiting.push(entry);
      continue;
    }
    yield* waiting.splice(0);
    yield entry;
    yield* whiteouts;
  }
}

/**
 * Every change of a file moves its change time, which no program can set. A directory's changes with its names, too.
 */
function isUntouched(stat: BigIntStats, lower: BigIntStats, copied: bigint): boolean {
  return stat.isDirectory() ? isSameDirectory(stat, lower) : stat.ctimeNs <= copied && !lower.isDirectory();
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
