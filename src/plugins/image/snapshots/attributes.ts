import { type BigIntStats, chmodSync, lchownSync } from 'node:fs';
import { libc, SystemError } from '../../../host/index.js';
import { cString, fsPath, type PathBytes, portableXattrs, setPathTime } from '../fs/index.js';

const MODE = 0o7777n;
const USUAL_MODE = 0o755n;
const NS = 1_000_000_000n;

/** A directory of a layer. */
export interface LayerFolder {
  readonly stat: BigIntStats;
  /** A path of the host that leads there. */
  readonly at: PathBytes;
}

/** Whether a directory has the owner and mode that the engine's own have, and nothing more. */
export function isUsual({ stat, at }: LayerFolder): boolean {
  return (stat.mode & MODE) === USUAL_MODE && stat.uid === 0n && stat.gid === 0n && portableXattrs(at).size === 0;
}

/** Gives a directory owner, mode and extended attributes of another one. */
export function copyAttributes({ stat, at }: LayerFolder, to: PathBytes): void {
  lchownSync(fsPath(to), Number(stat.uid), Number(stat.gid));
  chmodSync(fsPath(to), Number(stat.mode & MODE));
  for (const [name, value] of portableXattrs(at)) {
    if (libc().lsetxattr(cString(to), cString(name), value, value.length, 0) === 0) continue;
    throw new SystemError('lsetxattr', libc().errno(), to);
  }
}

export function copyTime({ stat: { mtimeNs } }: LayerFolder, to: PathBytes): void {
  const nanoseconds = ((mtimeNs % NS) + NS) % NS;
  setPathTime(to, { seconds: Number((mtimeNs - nanoseconds) / NS), nanoseconds: Number(nanoseconds) });
}
