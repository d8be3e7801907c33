import { type BigIntStats, closeSync, openSync, type Stats } from 'node:fs';
import { libc, SystemError } from '../../../host/index.js';
import { cString, fsPath, type PathBytes } from './path-bytes.js';

/** Whiteouts hide files of lower layers: names in archives (OCI image-spec `layer.md`), overlayfs's forms on disk. */

export const WHITEOUT_PREFIX = '.wh.';
export const OPAQUE_WHITEOUT = '.wh..wh..opq';
/** AUFS kept its own files under names of this kind, and old archives carry them. */
export const AUFS_PREFIX = '.wh..wh.';

/** Attributes that overlayfs or the engine acts upon: they are neither unpacked from archives nor written to them. */
export const ENGINE_XATTRS = /^(?:(?:trusted|user)\.overlay|trusted\.gantry)\./;
const OPAQUE_XATTR = 'trusted.overlay.opaque';
/**
 * On an overlayfs the kernel refuses its own forms. There a whiteout is an empty file with an attribute of the engine.
 */
const OUR_OPAQUE_XATTR = 'trusted.gantry.opaque';
const OUR_WHITEOUT_XATTR = 'trusted.gantry.whiteout';
const S_IFMT = 0o170000;
const S_IFCHR = 0o020000;
const S_IFREG = 0o100000;

type Looked = Pick<Stats | BigIntStats, 'mode' | 'rdev' | 'size'>;

/** On disk a whiteout is a character device 0:0. @param path follows no link at its end */
export function isWhiteout({ mode, rdev, size }: Looked, path: PathBytes): boolean {
  const bits = Number(mode);
  if ((bits & S_IFMT) === S_IFCHR) return Number(rdev) === 0;
  return bits === S_IFREG && Number(size) === 0 && isSet(path, OUR_WHITEOUT_XATTR);
}

export function makeWhiteout(path: PathBytes): void {
  if (libc().mknod(cString(path), S_IFCHR, 0) === 0) return;
  const error = new SystemError('mknod', libc().errno(), path);
  if (error.code !== 'EPERM') throw error;
  closeSync(openSync(fsPath(path), 'wx', 0));
  set(path, OUR_WHITEOUT_XATTR);
}

/** Makes a directory hide what lower layers have in it. */
export function makeOpaque(path: PathBytes): void {
  try {
    set(path, OPAQUE_XATTR);
  } catch (error) {
    if ((error as SystemError).code !== 'EPERM') throw error;
    set(path, OUR_OPAQUE_XATTR);
  }
}

export function isOpaque(path: PathBytes): boolean {
  return isSet(path, OPAQUE_XATTR) || isSet(path, OUR_OPAQUE_XATTR);
}

function set(path: PathBytes, name: string): void {
  if (libc().lsetxattr(cString(path), name, Buffer.from('y'), 1, 0) < 0) {
    throw new SystemError('lsetxattr', libc().errno(), path);
  }
}

function isSet(path: PathBytes, name: string): boolean {
  const value = Buffer.alloc(1);
  return Number(libc().lgetxattr(cString(path), name, value, value.length)) === 1 && value[0] === 0x79;
}
