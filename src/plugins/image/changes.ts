import { type BigIntStats, lstatSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { type Bytes, fsPath, toBytes } from './bytes.js';
import type { Change } from './contracts.js';
import { isMountedOver } from './top-layer.js';
import { namesIn, walk } from './tree.js';
import { isOpaque, isWhiteout } from './whiteouts.js';

/** So many entries are looked at before others get a turn. */
const BATCH = 256;

/** What lower layers have under one name. */
interface Lower {
  /** Of the highest one; undefined where there is none, or a whiteout hides it. */
  readonly stat: BigIntStats | undefined;
  /** Where it is a directory: that of each layer which has a part in it, highest first. */
  readonly directories: readonly Bytes[];
}

const NOTHING: Lower = { stat: undefined, directories: [] };

/** The difference that an overlayfs upper folder makes to `lowers`, highest first, in path order. */
export async function* changes(upper: string, lowers: readonly string[]): AsyncGenerator<Change> {
  const found: Change[] = [];
  const note = (kind: Change['kind'], path: Bytes): unknown => found.push({ kind, path });
  const lowersAt: (readonly Bytes[])[] = [lowers.map(toBytes)];
  let looked = 0;
  for (const { path, name, depth, at, stat } of walk(upper, { leaveOut: isMountedOver })) {
    if (++looked % BATCH === 0) await setImmediate();
    const lower = lookUp(lowersAt[depth] ?? [], name);
    if (isWhiteout(narrow(stat))) {
      if (lower.stat) note('D', path);
      continue;
    }
    const isNew = stat.isDirectory() && isOpaque(at);
    if (!lower.stat) note('A', path);
    else if (isNew || !isSameDirectory(stat, lower.stat)) note('C', path);
    if (isNew) for (const gone of missing(lower.directories, namesIn(at))) note('D', `${path}/${gone}`);
    lowersAt[depth + 1] = isNew ? [] : lower.directories;
  }
  yield* found.sort(byPath).map(({ kind, path }) => ({ kind, path: `/${Buffer.from(path, 'latin1').toString()}` }));
}

/** Looks a name up as overlayfs does: the first layer that has it decides, and directories merge until one is opaque. */
function lookUp(directories: readonly Bytes[], name: Bytes): Lower {
  let highest: BigIntStats | undefined;
  const merged: Bytes[] = [];
  for (const directory of directories) {
    const path = `${directory}/${name}`;
    const stat = lstatSync(fsPath(path), { bigint: true, throwIfNoEntry: false });
    if (!stat) continue;
    if (isWhiteout(narrow(stat))) break;
    if (!stat.isDirectory()) return highest ? { stat: highest, directories: merged } : { ...NOTHING, stat };
    highest ??= stat;
    merged.push(path);
    if (isOpaque(path)) break;
  }
  return { stat: highest, directories: merged };
}

function missing(directories: readonly Bytes[], present: readonly Bytes[]): Bytes[] {
  const names = new Set(directories.flatMap(namesIn));
  for (const name of present) names.delete(name);
  return [...names].filter((name) => lookUp(directories, name).stat);
}

/** A directory is copied up for the sake of what is in it: only what it is itself counts as its change. */
function isSameDirectory(a: BigIntStats, b: BigIntStats): boolean {
  return a.isDirectory() && a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && a.mtimeNs === b.mtimeNs;
}

function narrow({ mode, rdev }: BigIntStats): { mode: number; rdev: number } {
  return { mode: Number(mode), rdev: Number(rdev) };
}

function byPath(a: Change, b: Change): number {
  const [left, right] = [a.path, b.path].map((path) => path.replaceAll('/', '\0'));
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
