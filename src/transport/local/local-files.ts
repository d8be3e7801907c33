import { close, constants, fstat, open } from 'node:fs';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { type ErrorKind, GantryError } from '../../kernel/contracts/index.js';
import { readDescriptor } from './local-input.js';

const REASONS: Readonly<Record<string, readonly [ErrorKind, string]>> = {
  ENOENT: ['not found', 'no such file or directory'],
  ENOTDIR: ['not found', 'not a directory'],
  EACCES: ['denied', 'permission denied'],
  EPERM: ['denied', 'operation not permitted'],
  ERR_INVALID_ARG_VALUE: ['invalid', 'not a path'],
};

/**
 * Opens a file, named pipe or device for reading. A named pipe is open at once; its first writer is waited for when it
 * is read.
 * @throws GantryError `not found`, `denied`, `invalid` (a folder), `unavailable`
 */
export async function openForReading(path: string): Promise<Readable> {
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK).catch(
    (error) => {
      throw failure(path, error);
    },
  );
  const status = await promisify(fstat)(fd);
  if (status.isFile() || status.isFIFO() || status.isCharacterDevice()) return readDescriptor(fd);
  await promisify(close)(fd);
  throw new GantryError('invalid', `read ${path}: is ${status.isDirectory() ? 'a directory' : 'not a file'}`);
}

export function failure(path: string, error: NodeJS.ErrnoException): GantryError {
  const [kind, reason] = REASONS[error.code ?? ''] ?? ['unavailable', error.code ?? error.message];
  return new GantryError(kind, `open ${path}: ${reason}`, { cause: error });
}
