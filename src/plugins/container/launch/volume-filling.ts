import { constants, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Descriptor, errnoName, libc, openDescriptor, SystemError } from '../../../host/index.js';

/** On the folder of a volume that is to be filled, until all is in it: a killed engine leaves it. */
const FILLING = 'trusted.gantry.filling';
const LOCK_EXCLUSIVE_NOW = 2 | 4;
const RETRY_MS = 20;
/** Of file systems without such attributes. */
const NOT_SUPPORTED = ['ENOTSUP', 'EOPNOTSUPP'];

export function isEmpty(folder: string): boolean {
  return readdirSync(folder).length === 0;
}

/** @param folder ends in no link */
export function isUnfilled(folder: string): boolean {
  return Number(libc().lgetxattr(cString(folder), FILLING, null, 0)) >= 0;
}

export function markUnfilled(folder: string): void {
  if (libc().lsetxattr(cString(folder), FILLING, Buffer.from('y'), 1, 0) === 0) return;
  const error = new SystemError('lsetxattr', libc().errno(), folder);
  if (!NOT_SUPPORTED.includes(error.code)) throw error;
}

export function markFilled(folder: string): void {
  if (!isUnfilled(folder)) return;
  if (libc().lremovexattr(cString(folder), FILLING) < 0) {
    throw new SystemError('lremovexattr', libc().errno(), folder);
  }
}

/**
 * Waits until no other process fills a volume. The lock is on the folder around it, which no container sees, and ends with
 * its process.
 * @param source the volume's folder
 */
export async function lockVolume(source: string): Promise<Descriptor> {
  using opened = new DisposableStack();
  const around = opened.use(openDescriptor(dirname(source), constants.O_RDONLY | constants.O_DIRECTORY));
  while (libc().flock(around.fd, LOCK_EXCLUSIVE_NOW) < 0) {
    const errno = libc().errno();
    if (!['EAGAIN', 'EINTR'].includes(errnoName(errno))) throw new SystemError('flock', errno, source);
    await sleep(RETRY_MS);
  }
  opened.move();
  return around;
}

function cString(path: string): Buffer {
  return Buffer.from(`${path}\0`);
}
