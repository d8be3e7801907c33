import { libc, SystemError } from '../../../host/index.js';
import { cString, toPathBytes } from '../fs/index.js';

/** On a layer's tar-split folder: for callers that find the layer before an image has it. */
const SIZE_XATTR = 'trusted.gantry.size';
const MAX_DIGITS = 20;

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
