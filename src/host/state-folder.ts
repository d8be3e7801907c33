import { lstatSync, mkdirSync, renameSync } from 'node:fs';

/** Makes a folder of the engine's own. What is damaged and no folder any more is put beside: it costs nothing else. */
export function ensureStateFolder(path: string, mode: number): void {
  const kind = kindAt(path);
  if (kind === 'folder') return;
  if (kind !== undefined) renameSync(path, `${path}.damaged-${Date.now()}`);
  mkdirSync(path, { recursive: true, mode });
}

/** What stands there, links not followed; undefined for nothing. */
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
