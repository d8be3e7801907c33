import { libc, SystemError } from '../system/index.js';
import { cString, toBytes } from './bytes.js';

/** On a layer's recipe: for those who find the layer before an image has it. */
const SIZE_XATTR = 'trusted.gantry.size';
const MAX_DIGITS = 20;

export function noteSize(recipe: string, size: number): void {
  const value = Buffer.from(String(size));
  if (libc().lsetxattr(cString(toBytes(recipe)), SIZE_XATTR, value, value.length, 0) < 0) {
    throw new SystemError('lsetxattr', libc().errno(), recipe);
  }
}

export function notedSize(recipe: string): number | undefined {
  const value = Buffer.alloc(MAX_DIGITS);
  const length = Number(libc().lgetxattr(cString(toBytes(recipe)), SIZE_XATTR, value, value.length));
  return length > 0 ? Number(value.toString('latin1', 0, length)) : undefined;
}
