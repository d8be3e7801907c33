import { closeSync, existsSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync as Sqlite } from 'node:sqlite';

const FIRST_MS = 5000;
const INTERVAL_MS = 60_000;
/** A large database is copied less often: its check holds up everything else. */
const LARGEST_PART = 0.001;
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
      const begun = Date.now();
      const next = (): void => {
        if (this.#timer) this.#next(Math.max(INTERVAL_MS, (Date.now() - begun) / LARGEST_PART));
      };
      // One that cannot be made now is made later.
      void this.#copy()
        .catch(() => {})
        .then(next);
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
    this.#removeUnfinished();
    const fresh = `${this.path}.${process.pid}.new`;
    // It holds what users put into environments, from its first byte.
    closeSync(openSync(fresh, 'w', 0o600));
    await backup(this.sql, fresh);
    const made = new DatabaseSync(fresh);
    // One file, with nothing beside it.
    made.exec('PRAGMA journal_mode = DELETE');
    const verdict = made.prepare('PRAGMA quick_check').get()?.['quick_check'];
    made.close();
    if (verdict !== 'ok') return rmSync(fresh);
    renameSync(fresh, this.path);
    this.#version = version;
  }

  /** Of processes that were killed at it. */
  #removeUnfinished(): void {
    const folder = dirname(this.path);
    const start = `${basename(this.path)}.`;
    for (const name of readdirSync(folder).filter((one) => one.startsWith(start))) {
      const pid = Number.parseInt(name.slice(start.length), 10);
      if (pid === process.pid || !existsSync(`/proc/${pid}`)) rmSync(join(folder, name), { force: true });
    }
  }
}
