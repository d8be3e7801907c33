import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { isNameTooLong, outputOf } from './deep-paths.js';

const BLOCK_BYTES = 512;

/** Bytes of a folder on the disk, files with several names once. Files that are removed meanwhile are not counted. */
export async function folderSize(folder: string): Promise<number> {
  try {
    return await sizeBelow(folder, new Set());
  } catch (error) {
    if (!isNameTooLong(error)) throw error;
    return Number.parseInt(await outputOf('/usr/bin/du', ['-s', '--block-size=1', '--', folder]), 10);
  }
}

async function sizeBelow(folder: string, seen: Set<string>): Promise<number> {
  let size = 0;
  try {
    for await (const entry of await opendir(folder)) {
      const path = join(folder, entry.name);
      const { dev, ino, blocks } = await lstat(path);
      if (!seen.has(`${dev}:${ino}`)) size += blocks * BLOCK_BYTES;
      seen.add(`${dev}:${ino}`);
      if (entry.isDirectory()) size += await sizeBelow(path, seen);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return size;
}
