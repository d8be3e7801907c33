import { type BigIntStats, fchmodSync, fchownSync } from 'node:fs';
import { libc, SystemError } from '../../../host/index.js';
import { cString, type PathBytes, portableXattrs, setTime } from '../fs/index.js';

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

/** Gives an open directory owner, mode and extended attributes of another one. */
export function copyAttributes({ stat, at }: LayerFolder, to: number): void {
  fchownSync(to, Number(stat.uid), Number(stat.gid));
  fchmodSync(to, Number(stat.mode & MODE));
  const place = `/proc/self/fd/${to}/.`;
  for (const [name, value] of portableXattrs(at)) {
    if (libc().lsetxattr(cString(place), cString(name), value, value.length, 0) === 0) continue;
    throw new SystemError('lsetxattr', libc().errno(), name);
  }
}

export function copyTime({ stat: { mtimeNs } }: LayerFolder, to: number): void {
  const nanoseconds = ((mtimeNs % NS) + NS) % NS;
  setTime(to, { seconds: Number((mtimeNs - nanoseconds) / NS), nanoseconds: Number(nanoseconds) });
}
