import { chmodSync, renameSync, rmSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatabaseSync as Sqlite } from 'node:sqlite';

const FIRST_MS = 5000;
const INTERVAL_MS = 60_000;
/** A copy is not worth the last of the disk. */
const LEAST_FREE = 64 * 2 ** 20;

/** What local calls leave to the next one. */
const FRESH_ENOUGH_MS = 600_000;

/**
 * Keeps a copy of the database, in case that its file is damaged: a daemon's is a minute old at most, without one it is
 * made when a call finds none of the last ten minutes.
 */
export class DatabaseCopy {
  #timer: NodeJS.Timeout | undefined;
  #version: unknown;

  constructor(
    private readonly sql: Sqlite,
    private readonly path: string,
  ) {}

  start(): this {
    this.#next(FIRST_MS);
    return this;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Where there is none that is fresh enough. Never fails. */
  async refresh(): Promise<void> {
    const age = Date.now() - (statSync(this.path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > FRESH_ENOUGH_MS) await this.#copy().catch(() => {});
  }

  #next(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      // One that cannot be made now is made later.
      void this.#copy()
        .catch(() => {})
        .then(() => this.#timer && this.#next(INTERVAL_MS));
    }, milliseconds).unref();
  }

  async #copy(): Promise<void> {
    // Of this process's changes, and of those of others.
    const version = JSON.stringify(
      this.sql.prepare('SELECT total_changes() AS own, data_version FROM pragma_data_version').get(),
    );
    if (version === this.#version) return;
    const { bavail, bsize } = await statfs(dirname(this.path));
    if (bavail * bsize < LEAST_FREE) return;
    const { backup, DatabaseSync } = await import('node:sqlite');
    const fresh = `${this.path}.new`;
    rmSync(fresh, { force: true });
    await backup(this.sql, fresh);
    chmodSync(fresh, 0o600);
    const made = new DatabaseSync(fresh);
    // One file, with nothing beside it.
    made.exec('PRAGMA journal_mode = DELETE');
    const verdict = made.prepare('PRAGMA quick_check').get()?.['quick_check'];
    made.close();
    if (verdict !== 'ok') return rmSync(fresh);
    renameSync(fresh, this.path);
    this.#version = version;
  }
}
