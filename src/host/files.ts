import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';

/**
 * The result of work on a file; undefined where the file is not there. Other failures are thrown: what cannot be looked at
 * may be there.
 */
export function ifThere<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The text of a file; undefined where it cannot be read, for whatever reason: for files that tell more, and decide nothing. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Names of what is in a folder; none where it cannot be read, for whatever reason. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
