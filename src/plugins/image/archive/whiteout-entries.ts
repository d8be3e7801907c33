import { lstatSync } from 'node:fs';
import {
  AUFS_PREFIX,
  fsPath,
  makeOpaque,
  makeWhiteout,
  OPAQUE_WHITEOUT,
  type PathBytes,
  WHITEOUT_PREFIX,
} from '../fs/index.js';
import { EntryError } from './archive-error.js';

/** The layer that whiteouts are applied to, while it is being unpacked. */
export interface WhiteoutTarget {
  /** Makes the directories above a path. */
  makeParents(path: PathBytes): void;
  /** Calls `make` after it has removed what is at the path. */
  replace(path: PathBytes, make: () => void): void;
}

/**
 * Applies an entry of an archive that is a whiteout (OCI image-spec `layer.md`): `.wh.<name>` hides a file of lower layers,
 * `.wh..wh..opq` all that they have in its directory.
 * @returns whether the entry was a whiteout, or a file of AUFS itself, which no layer should have
 * @throws EntryError for one that hides nothing, or is inside of another one
 */
export function applyWhiteout(path: PathBytes, target: WhiteoutTarget): boolean {
  if (!path.includes(WHITEOUT_PREFIX)) return false;
  const parts = path.split('/');
  const last = parts.pop() ?? '';
  if (parts.some((part) => part.startsWith(AUFS_PREFIX))) return true;
  if (parts.some((part) => part.startsWith(WHITEOUT_PREFIX))) throw new EntryError('it lies inside of a whiteout');
  if (!last.startsWith(WHITEOUT_PREFIX)) return false;
  const parent = parts.join('/') || '.';
  if (last === OPAQUE_WHITEOUT) {
    target.makeParents(`${parent}/x`);
    makeOpaque(parent);
  } else if (!last.startsWith(AUFS_PREFIX)) {
    const name = last.slice(WHITEOUT_PREFIX.length);
    hide([...parts, name].join('/'), name, target);
  }
  return true;
}

/** A whiteout hides what lower layers have, and nothing of its own layer. */
function hide(path: PathBytes, name: PathBytes, target: WhiteoutTarget): void {
  if (name === '' || name === '.' || name === '..') throw new EntryError('a whiteout of no file');
  const existing = lstatSync(fsPath(path), { throwIfNoEntry: false });
  if (existing?.isDirectory()) makeOpaque(path);
  else if (!existing) target.replace(path, () => makeWhiteout(path));
}
