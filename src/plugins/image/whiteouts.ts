import type { Stats } from 'node:fs';
import { libc, SystemError } from '../system/index.js';
import { type Bytes, cString } from './bytes.js';

/** How layers tell what they hide: OCI image-spec `layer.md` in archives, overlayfs on disk. */

export const WHITEOUT_PREFIX = '.wh.';
export const OPAQUE_WHITEOUT = '.wh..wh..opq';
/** AUFS kept its own files under names of this kind, and old archives carry them. */
export const AUFS_PREFIX = '.wh..wh.';

/** Attributes that tell overlayfs what to do: they never enter a layer from an archive, nor leave it. */
export const OVERLAY_XATTRS = /^(?:trusted|user)\.overlay\./;
const OPAQUE_XATTR = 'trusted.overlay.opaque';
const S_IFMT = 0o170000;
const S_IFCHR = 0o020000;

/** On disk a whiteout is a character device 0:0. */
export function isWhiteout(stat: Pick<Stats, 'mode' | 'rdev'>): boolean {
  return (stat.mode & S_IFMT) === S_IFCHR && stat.rdev === 0;
}

/** Makes a directory hide what lower layers have in it. */
export function makeOpaque(path: Bytes): void {
  if (libc().lsetxattr(cString(path), OPAQUE_XATTR, Buffer.from('y'), 1, 0) < 0) {
    throw new SystemError('lsetxattr', libc().errno(), path);
  }
}

export function isOpaque(path: Bytes): boolean {
  const value = Buffer.alloc(1);
  return Number(libc().lgetxattr(cString(path), OPAQUE_XATTR, value, value.length)) === 1 && value[0] === 0x79;
}
