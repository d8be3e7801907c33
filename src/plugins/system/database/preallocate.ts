import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { DatabaseSync as Sqlite } from 'node:sqlite';
import { libc } from '../../../host/index.js';

const FALLOC_FL_KEEP_SIZE = 1;
/** SQLite restarts its log after 1000 pages of 4 KiB. */
const LOG_BYTES = 5 * 2 ** 20;
const GROWTH_BYTES = 2 ** 20;

/**
 * Preallocates space beyond the end of the database file, so that `rm` works on a full disk. Call it before SQLite
 * opens the file: closing a descriptor of it drops all locks that this process has on it.
 */
export function preallocateGrowth(path: string): void {
  const fd = openSync(path, constants.O_RDWR);
  preallocate(fd, fstatSync(fd).size, GROWTH_BYTES);
}

/**
 * Preallocates space for the write-ahead log.
 * @returns a connection that keeps the log and its space when the database is closed, since one that may only read
 *   cannot delete it. Close it after the other
 */
export function preallocateLog(path: string): Sqlite {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const keeper = new DatabaseSync(path, { readOnly: true });
  keeper.prepare('SELECT count(*) FROM migrations').get();
  preallocate(openSync(`${path}-wal`, constants.O_RDWR), 0, LOG_BYTES);
  return keeper;
}

/** Preallocates without checking the result: a full disk or a file system without fallocate has to do without. */
function preallocate(fd: number, from: number, bytes: number): void {
  try {
    libc().fallocate(fd, FALLOC_FL_KEEP_SIZE, from, bytes);
  } finally {
    closeSync(fd);
  }
}
