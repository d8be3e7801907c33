import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { GantryError } from '../../../kernel/index.js';
import type { RestrictedSocket } from '../contracts/index.js';

/** In bytes. A socket's address has room for 107, and a new socket bears a name with one byte more until it is ready. */
const LONGEST = 106;

/**
 * Refuses a path where no new socket can be created. A socket of a dead daemon is refused as well: it is in the list.
 * @throws GantryError `invalid`, `conflict`, `not found`
 */
export function checkSocketPath(path: string, existing: readonly RestrictedSocket[]): void {
  const length = Buffer.byteLength(path);
  if (length > LONGEST) {
    throw new GantryError('invalid', `the path of a socket has at most ${LONGEST} bytes, and ${path} has ${length}`);
  }
  if (existing.some((socket) => socket.path === path)) {
    throw new GantryError('conflict', `There already is a socket ${path}`, {
      hint: `Remove it first: docker socket rm ${path}`,
    });
  }
  if (exists(path)) throw new GantryError('conflict', `${path} is in the way`, { hint: 'Choose another path' });
  if (!exists(dirname(path))) throw new GantryError('not found', `No such folder: ${dirname(path)}`);
}

export function noSuchSocket(path: string): GantryError {
  return new GantryError('not found', `No such socket: ${path}`);
}

function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (cause) {
    throw new GantryError('unavailable', `Cannot listen on ${path}: ${(cause as Error).message}`, { cause });
  }
}
