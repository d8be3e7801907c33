import { libc } from '../../../host/index.js';
import { cString, type PathBytes } from './path-bytes.js';

const MAX_LIST = 65_536;
const MAX_VALUE = 65_536;
/** One for all calls: thousands of files have none, and a buffer for each is what a walk would take most time for. */
const list = Buffer.alloc(MAX_LIST);
const value = Buffer.alloc(MAX_VALUE);
/** Attributes that belong to a file on every host; not those of this host's overlayfs or security module. */
const PORTABLE = /^(?:user\.(?!overlay\.)|security\.capability$|system\.posix_acl_)/;

/** The extended attributes of a file, or of a link itself, that belong into an archive; sorted. */
export function portableXattrs(path: PathBytes): ReadonlyMap<PathBytes, Buffer> {
  const file = cString(path);
  const found = new Map<PathBytes, Buffer>();
  const length = Math.max(0, Number(libc().llistxattr(file, list, list.length)));
  for (const name of list.toString('latin1', 0, length).split('\0').sort()) {
    if (!PORTABLE.test(name)) continue;
    const size = Number(libc().lgetxattr(file, cString(name), value, value.length));
    if (size >= 0) found.set(name, Buffer.from(value.subarray(0, size)));
  }
  return found;
}
