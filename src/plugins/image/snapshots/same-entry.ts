import { type BigIntStats, closeSync, constants, openSync, readlinkSync, readSync } from 'node:fs';
import { fsPath, type PathBytes, portableXattrs } from '../fs/index.js';

const CHUNK = 1024 * 1024;

interface Looked {
  readonly stat: BigIntStats;
  /** A path of the host that leads there. */
  readonly at: PathBytes;
}

/**
 * A directory is also copied up when only an entry in it changes: it counts as changed if its own attributes differ.
 */
export function isSameDirectory(one: Looked, other: Looked): boolean {
  return one.stat.isDirectory() && hasSameAttributes(one, other);
}

/** Whether two entries that are no directories are the same in all that an archive holds, their contents included. */
export function isSameFile(one: Looked, other: Looked): boolean {
  if (one.stat.rdev !== other.stat.rdev || !hasSameAttributes(one, other)) return false;
  if (one.stat.isSymbolicLink()) return linkAt(one.at) === linkAt(other.at);
  return !one.stat.isFile() || (one.stat.size === other.stat.size && hasSameContent(one.at, other.at));
}

function hasSameAttributes({ stat: a, at }: Looked, { stat: b, at: other }: Looked): boolean {
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && a.mtimeNs === b.mtimeNs && hasSameXattrs(at, other);
}

function hasSameXattrs(one: PathBytes, other: PathBytes): boolean {
  const [these, those] = [one, other].map(portableXattrs) as [ReadonlyMap<string, Buffer>, ReadonlyMap<string, Buffer>];
  return these.size === those.size && [...these].every(([name, value]) => those.get(name)?.equals(value));
}

function linkAt(path: PathBytes): string {
  return readlinkSync(fsPath(path), { encoding: 'latin1' });
}

function hasSameContent(one: PathBytes, other: PathBytes): boolean {
  const fds: number[] = [];
  try {
    for (const path of [one, other]) fds.push(openSync(fsPath(path), constants.O_RDONLY | constants.O_NOFOLLOW));
    const [a, b] = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)];
    for (let at = 0; ; ) {
      const [read, others] = [a, b].map((buffer, index) => readSync(fds[index] ?? -1, buffer, 0, CHUNK, at));
      if (read !== others || !a.subarray(0, read).equals(b.subarray(0, others))) return false;
      if (!read) return true;
      at += read;
    }
  } finally {
    for (const fd of fds) closeSync(fd);
  }
}
