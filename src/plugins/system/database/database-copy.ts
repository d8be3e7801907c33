import { closeSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync as Sqlite } from 'node:sqlite';
import { identify } from '../../../host/index.js';

const FIRST_MS = 5000;
const INTERVAL_MS = 60_000;
/**
 * Share of the time that copies may take: a large database is copied less often, since the check of a copy blocks the
 * process.
 */
const LARGEST_PART = 0.001;
/** No copy is made on a disk with less free space. */
const LEAST_FREE = 64 * 2 ** 20;

/** A local call makes no copy while the last one is younger. */
const FRESH_ENOUGH_MS = 600_000;

/**
 * Keeps a copy of the database, in case that its file is damaged. A daemon's is a minute old at most; without a daemon
 * a call copies when there is none of the last ten minutes.
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

  /** Makes a copy where the last one is too old. Never fails. */
  async refresh(): Promise<void> {
    // A copy from the future is from before the clock was set.
    const age = Math.abs(Date.now() - (statSync(this.path, { throwIfNoEntry: false })?.mtimeMs ?? 0));
    if (age > FRESH_ENOUGH_MS) await this.#copy().catch(() => {});
  }

  #next(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      const begun = performance.now();
      const next = (): void => {
        if (this.#timer) this.#next(Math.max(INTERVAL_MS, (performance.now() - begun) / LARGEST_PART));
      };
      // After a failure the next one is tried later.
      void this.#copy()
        .catch(() => {})
        .then(next);
    }, milliseconds).unref();
  }

  async #copy(): Promise<void> {
    // Changes with each write of this process or another.
    const version = JSON.stringify(
      this.sql.prepare('SELECT total_changes() AS own, data_version FROM pragma_data_version').get(),
    );
    if (version === this.#version) return;
    const { bavail, bsize } = await statfs(dirname(this.path));
    if (bavail * bsize < LEAST_FREE) return;
    const { backup, DatabaseSync } = await import('node:sqlite');
    this.#removeUnfinished();
    const fresh = `${this.path}.${process.pid}.new`;
    // Environments of containers may contain secrets: the mode is set before the first byte is written.
    closeSync(openSync(fresh, 'w', 0o600));
    await backup(this.sql, fresh);
    const made = new DatabaseSync(fresh);
    // One file, without a log beside it.
    made.exec('PRAGMA journal_mode = DELETE');
    const verdict = made.prepare('PRAGMA quick_check').get()?.['quick_check'];
    made.close();
    if (verdict !== 'ok') return rmSync(fresh);
    renameSync(fresh, this.path);
    this.#version = version;
  }

  /** Removes copies of processes that were killed while they copied. */
  #removeUnfinished(): void {
    const folder = dirname(this.path);
    const start = `${basename(this.path)}.`;
    for (const name of readdirSync(folder).filter((one) => one.startsWith(start))) {
      const pid = Number.parseInt(name.slice(start.length), 10);
      if (pid === process.pid || !identify(pid)) rmSync(join(folder, name), { force: true });
    }
  }
}
