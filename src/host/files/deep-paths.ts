import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * A container may nest folders until their paths are longer than the kernel takes (PATH_MAX). Node names every file by its whole
 * path; the programs of coreutils go from folder to folder (fts(3)), and take over then.
 */
export function isNameTooLong(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENAMETOOLONG';
}

/** What a program prints. @throws where it fails */
export async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { env: {} });
  return stdout;
}

/** Deletes a file, or a folder with all below it. It follows no link. @throws for what cannot be deleted */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!isNameTooLong(error)) throw error;
    await outputOf('/bin/rm', ['-rf', '--one-file-system', '--', path]);
  }
}
