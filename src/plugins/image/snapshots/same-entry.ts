import { type BigIntStats, closeSync, read, readlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { openRegularFile } from '../../../host/index.js';
import { fsPath, type PathBytes, portableXattrs } from '../fs/index.js';

const CHUNK = 1024 * 1024;
const readFile = promisify(read);

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
export async function isSameFile(one: Looked, other: Looked): Promise<boolean> {
  if (one.stat.rdev !== other.stat.rdev || !hasSameAttributes(one, other)) return false;
  if (one.stat.isSymbolicLink()) return linkAt(one.at) === linkAt(other.at);
  return !one.stat.isFile() || (one.stat.size === other.stat.size && (await hasSameContent(one.at, other.at)));
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

/** What cannot be opened, or is no file any more, counts as different: whoever reads it next says why. */
async function hasSameContent(...paths: readonly [PathBytes, PathBytes]): Promise<boolean> {
  const fds: number[] = [];
  try {
    for (const path of paths) fds.push(openedIfFile(path) ?? -1);
    if (fds.includes(-1)) return false;
    const buffers = paths.map(() => Buffer.allocUnsafe(CHUNK));
    for (let at = 0; ; ) {
      const parts = await Promise.all(buffers.map((buffer, index) => part(fds[index] ?? -1, buffer, at)));
      const [one, other] = parts as [Buffer, Buffer];
      if (!one.equals(other)) return false;
      if (one.length === 0) return true;
      at += one.length;
    }
  } finally {
    for (const fd of fds) if (fd >= 0) closeSync(fd);
  }
}

function openedIfFile(path: PathBytes): number | undefined {
  try {
    return openRegularFile(fsPath(path))?.fd;
  } catch {
    return undefined;
  }
}

async function part(fd: number, buffer: Buffer, at: number): Promise<Buffer> {
  return buffer.subarray(0, (await readFile(fd, buffer, 0, CHUNK, at)).bytesRead);
}
