import type { PathBytes } from '../fs/index.js';
import { EntryError } from './archive-error.js';

const MAX_PATH = 4095;

/**
 * The path of an entry relative to the layer's root; empty for the root itself. Absolute names are names below that
 * root. `..` is resolved by the name alone.
 * @param what the name is, for the error
 * @throws EntryError for a name that leaves the root
 */
export function entryPath(name: PathBytes, what = 'its name'): PathBytes {
  if (name.length > MAX_PATH) throw new EntryError(`${what} is longer than ${MAX_PATH} bytes`);
  if (name.includes('\0')) throw new EntryError(`${what} holds a zero byte`);
  if (!ODD.test(name)) return name;
  const parts: PathBytes[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) throw new EntryError(`${what} leads out of the archive`);
  }
  return parts.join('/');
}

/** An empty part, `.` or `..` anywhere. */
const ODD = /(?:^|\/)(?:\.{0,2})(?:\/|$)/;
