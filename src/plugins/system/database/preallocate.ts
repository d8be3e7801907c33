import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { DatabaseSync as Sqlite } from 'node:sqlite';
import { libc } from '../../../host/index.js';

const FALLOC_FL_KEEP_SIZE = 1;
/** SQLite begins its log anew after 1000 pages of 4 KiB. */
const LOG_BYTES = 5 * 2 ** 20;
const GROWTH_BYTES = 2 ** 20;

/**
 * Takes room on the disk for what the database will write, beyond the ends of its files: a full disk keeps nobody from
 * removing things. To be called before SQLite opens the file: closing it takes all locks that this process has on it.
 */
export function preallocateGrowth(path: string): void {
  const fd = openSync(path, constants.O_RDWR);
  preallocate(fd, fstatSync(fd).size, GROWTH_BYTES);
}

/**
 * The same for the log beside it. @returns what keeps the log and its room when the database is closed: a connection that
 * may only read cannot take it away. To be closed after the other.
 */
export function preallocateLog(path: string): Sqlite {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const keeper = new DatabaseSync(path, { readOnly: true });
  keeper.prepare('SELECT count(*) FROM migrations').get();
  preallocate(openSync(`${path}-wal`, constants.O_RDWR), 0, LOG_BYTES);
  return keeper;
}

/** What cannot be had, on a disk that is full already or a file system that knows no such thing, is done without. */
function preallocate(fd: number, from: number, bytes: number): void {
  try {
    libc().fallocate(fd, FALLOC_FL_KEEP_SIZE, from, bytes);
  } finally {
    closeSync(fd);
  }
}
