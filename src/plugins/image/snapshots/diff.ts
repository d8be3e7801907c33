import { setImmediate } from 'node:timers/promises';
import type { Change } from '../contracts/index.js';
import { isOpaque, isWhiteout, namesIn, type PathBytes, type TreeEntries, toPathBytes } from '../fs/index.js';
import { lookUp, missingNames } from './merged-layers.js';
import { isSameDirectory } from './same-entry.js';

/** Entries that are compared before other tasks get their turn. */
const BATCH = 256;

/** Compares the entries that `upperDiff` yields with `lowers`, highest first. @returns the changes in path order */
export async function* diff(entries: TreeEntries, lowers: readonly string[]): AsyncGenerator<Change> {
  // One text for each, which sorts as its path does: a container may have changed any number of files.
  const found: string[] = [];
  const note = (kind: Change['kind'], path: PathBytes): unknown =>
    found.push(`${path.replaceAll('/', '\0')}\0\0${kind}`);
  const lowersAt: (readonly PathBytes[])[] = [lowers.map(toPathBytes)];
  let looked = 0;
  for await (const { path, name, depth, at, stat } of entries) {
    if (++looked % BATCH === 0) await setImmediate();
    const lower = lookUp(lowersAt[depth] ?? [], name);
    if (isWhiteout(stat, at)) {
      if (lower.stat) note('D', path);
      continue;
    }
    const isNew = stat.isDirectory() && isOpaque(at);
    if (!lower.stat) note('A', path);
    else if (isNew || !isSameDirectory({ stat, at }, { stat: lower.stat, at: lower.at })) note('C', path);
    if (isNew) for (const gone of missingNames(lower.directories, namesIn(at))) note('D', `${path}/${gone}`);
    lowersAt[depth + 1] = isNew ? [] : lower.directories;
  }
  for (const text of found.sort()) {
    const path = text.slice(0, -3).replaceAll('\0', '/');
    yield { kind: text.at(-1) as Change['kind'], path: `/${Buffer.from(path, 'latin1').toString()}` };
  }
}
