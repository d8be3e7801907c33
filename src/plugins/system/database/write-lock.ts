import { readFileSync, statSync } from 'node:fs';
import type { DatabaseSync as Sqlite } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { GantryError } from '../../../kernel/contracts/index.js';

/** How long a statement waits for the lock, and blocks its process meanwhile: at first, and once others wait for it. */
const STARTING_MS = 10_000;
const SERVING_MS = 250;
/** How long a caller waits, unless it is told. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 50;
const SQLITE_BUSY = 5;
/** The byte of the `-shm` file that a writer locks in WAL mode (SQLite's wal.c: WAL_WRITE_LOCK). */
const LOCKED_BYTE = 120;

/** Waits for the write lock while another process holds it, without blocking this one. */
export class WriteLock {
  #free: Promise<void> | undefined;
  #waitMs = STARTING_MS;

  constructor(
    private readonly sql: Sqlite,
    private readonly path: string,
    private readonly patience = PATIENCE_MS,
  ) {
    this.#setTimeout(STARTING_MS);
  }

  /** From now on a statement that meets the lock fails soon, for others wait for this process. */
  beginServing(): void {
    this.#waitMs = SERVING_MS;
    this.#setTimeout(SERVING_MS);
  }

  /** @throws GantryError `unavailable` where another process holds it for too long, and which one */
  async whenFree(): Promise<void> {
    if (!this.#free && this.#isFree()) return;
    this.#free ??= this.#wait();
    const isFree = await Promise.race([this.#free.then(() => true), sleep(this.patience, false)]);
    if (!isFree) throw this.#error();
  }

  /** Does it again after each time that it met the lock. It has to leave nothing behind then, as a transaction does. */
  async patiently<T>(work: () => T | Promise<T>): Promise<T> {
    for (const deadline = performance.now() + this.patience; ; ) {
      try {
        return await work();
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error;
      }
      await this.whenFree();
    }
  }

  /** While it is known to be held, no statement waits for it. */
  async #wait(): Promise<void> {
    this.#setTimeout(0);
    while (this.sql.isOpen && !this.#isFree()) await sleep(PAUSE_MS, undefined, { ref: false });
    this.#free = undefined;
    if (this.sql.isOpen) this.#setTimeout(this.#waitMs);
  }

  #isFree(): boolean {
    try {
      this.sql.exec('BEGIN IMMEDIATE; ROLLBACK');
      return true;
    } catch (error) {
      // What else is wrong with the database, the caller's own statement tells.
      return !isBusy(error);
    }
  }

  #setTimeout(milliseconds: number): void {
    this.sql.exec(`PRAGMA busy_timeout = ${milliseconds}`);
  }

  #error(): GantryError {
    const pid = holderOf(this.path);
    const who = pid === undefined ? 'another process' : `process ${pid}`;
    return new GantryError('unavailable', `${who} holds the write lock of the database ${this.path}`, {
      hint: 'Wait until it is done, or end it',
    });
  }
}

function isBusy(error: unknown): boolean {
  return (((error as { errcode?: number }).errcode ?? 0) & 0xff) === SQLITE_BUSY;
}

/** The process that holds the write lock, by /proc/locks (proc(5)); undefined where that does not tell. */
function holderOf(path: string): number | undefined {
  try {
    const { ino } = statSync(`${path}-shm`);
    const line = readFileSync('/proc/locks', 'latin1')
      .split('\n')
      .find((one) => one.includes(' WRITE ') && one.endsWith(`:${ino} ${LOCKED_BYTE} ${LOCKED_BYTE}`));
    const pid = Number(line?.trim().split(/\s+/)[4]);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
