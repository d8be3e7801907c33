import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GantryError } from '../../../kernel/index.js';
import type { Config } from '../contracts/index.js';

/** Folders that are empty as long as there is no database. */
const STATE_FOLDERS = ['containers', 'removed', 'layers', 'volumes'];
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGED = new Set([11, 26]);

export function databasePath({ root }: Pick<Config, 'root'>): string {
  return join(root, 'gantry.db');
}

/** A copy that a daemon keeps, never older than a few minutes while it runs. */
export function copyPath({ root }: Pick<Config, 'root'>): string {
  return join(root, 'gantry.db.copy');
}

/** Describes what is wrong with the file itself; undefined where SQLite can open it. */
export function fileFault(config: Pick<Config, 'root'>): string | undefined {
  const stat = statSync(databasePath(config), { throwIfNoEntry: false });
  if (stat && !stat.isFile()) return 'is no file';
  // A new root has no folders with content. With an empty database, an engine would delete all containers, layers and
  // volumes there as orphans.
  if (stat && stat.size > 0) return undefined;
  const isNew = STATE_FOLDERS.every((name) => isEmpty(join(config.root, name)));
  return isNew ? undefined : `is ${stat ? 'empty' : 'missing'}, and there are containers, images or volumes`;
}

export function damagedDatabase(config: Pick<Config, 'root'>, problem: string, cause?: unknown): GantryError {
  return new GantryError('unavailable', `the database ${databasePath(config)} ${problem}`, {
    cause,
    hint: '`docker system check --repair`, with no daemon running, brings back what can be had',
  });
}

/** Whether SQLite found a file to be damaged. */
export function isDamageError(error: unknown): boolean {
  const { errcode } = error as { errcode?: number };
  return errcode !== undefined && DAMAGED.has(errcode & 0xff);
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return true;
  }
}
