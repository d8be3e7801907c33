import { lstatSync, mkdirSync, renameSync } from 'node:fs';

/** Creates a folder of the engine's state. If something else is at its path, that is renamed to `*.damaged-TIME`. */
export function ensureStateFolder(path: string, mode: number): void {
  const kind = kindAt(path);
  if (kind === 'folder') return;
  if (kind !== undefined) renameSync(path, `${path}.damaged-${Date.now()}`);
  mkdirSync(path, { recursive: true, mode });
}

/** The kind of file at a path, links not followed; undefined for none. */
export function kindAt(path: string): 'folder' | 'file' | 'other' | undefined {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) return undefined;
    return stat.isDirectory() ? 'folder' : stat.isFile() ? 'file' : 'other';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
