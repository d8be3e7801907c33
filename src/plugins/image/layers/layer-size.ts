import { statfsSync } from 'node:fs';
import { libc, SystemError } from '../../../host/index.js';
import { cString, toPathBytes } from '../fs/index.js';

/** On a layer's tar-split folder: for callers that find the layer before an image has it. */
const SIZE_XATTR = 'trusted.gantry.size';
const MAX_DIGITS = 20;
/** Larger layers need a setting of the user. */
const MAX_LAYER_BYTES = 64 * 2 ** 30;
/** Share of the free space: a bomb that fills the disk would stop every program that writes to it, containers first. */
const USABLE_SHARE = 0.95;

export function writeSize(tarSplit: string, size: number): void {
  const value = Buffer.from(String(size));
  if (libc().lsetxattr(cString(toPathBytes(tarSplit)), SIZE_XATTR, value, value.length, 0) < 0) {
    throw new SystemError('lsetxattr', libc().errno(), tarSplit);
  }
}

export function readSize(tarSplit: string): number | undefined {
  const value = Buffer.alloc(MAX_DIGITS);
  const length = Number(libc().lgetxattr(cString(toPathBytes(tarSplit)), SIZE_XATTR, value, value.length));
  return length > 0 ? Number(value.toString('latin1', 0, length)) : undefined;
}

/** At which a layer counts as a bomb, uncompressed. */
export function mostBytes(folder: string, setting = MAX_LAYER_BYTES): number {
  const { bavail, bsize } = statfsSync(folder);
  return Math.min(setting, Math.floor(USABLE_SHARE * bavail * bsize));
}
