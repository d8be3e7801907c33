import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import type { DatabaseSync as Sqlite, StatementSync } from 'node:sqlite';
import { GantryError, type Service, VERSION } from '../../../kernel/contracts/index.js';
import { Config, type Database } from '../contracts/index.js';
import { DatabaseCopy } from './database-copy.js';
import { copyPath, damagedDatabase, databasePath, fileFault, isDamageError } from './database-file.js';
import { preallocateGrowth, preallocateLog } from './preallocate.js';
import { WriteLock } from './write-lock.js';

const OPENING_TIMEOUT_MS = 10_000;

/** The database file under the root. */
export class SqliteDatabase implements Database, Service {
  #sql: Sqlite | undefined;
  #logHolder: Sqlite | undefined;
  #copy: DatabaseCopy | undefined;
  #lock: WriteLock | undefined;
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;

  constructor(@Config private readonly config: Config) {}

  async onStart(): Promise<void> {
    mkdirSync(this.config.root, { recursive: true, mode: 0o711 });
    const fault = fileFault(this.config);
    if (fault !== undefined) throw damagedDatabase(this.config, fault);
    try {
      const path = databasePath(this.config);
      this.#sql = await open(path, this.config.daemon ? preallocateGrowth : undefined);
      if (this.config.daemon) this.#logHolder = preallocateLog(path);
    } catch (error) {
      throw isDamageError(error) ? damagedDatabase(this.config, 'is damaged', error) : error;
    }
    this.#lock = new WriteLock(this.#sql, databasePath(this.config));
    this.#copy = new DatabaseCopy(this.#sql, copyPath(this.config));
    if (this.config.daemon) this.#copy.start();
  }

  async onStop(): Promise<void> {
    this.#copy?.stop();
    if (!this.config.daemon) await this.#copy?.refresh();
    this.#statements.clear();
    this.#sql?.close();
    this.#logHolder?.close();
    this.#sql = undefined;
  }

  get sql(): Sqlite {
    if (!this.#sql) throw new Error('the database was used before it was started');
    return this.#sql;
  }

  prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.sql.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  migrate(owner: string, steps: readonly string[]): void {
    const doneSteps = (): number =>
      Number(this.sql.prepare('SELECT done FROM migrations WHERE owner = ?').get(owner)?.['done'] ?? 0);
    const isCurrent = (): boolean => {
      const done = doneSteps();
      if (done > steps.length) throw this.#newerTables(owner, done, steps.length);
      return done === steps.length;
    };
    if (isCurrent()) return;
    this.transaction(() => {
      if (isCurrent()) return;
      for (const step of steps.slice(doneSteps())) this.sql.exec(step);
      this.sql
        .prepare('INSERT INTO migrations VALUES (?, ?) ON CONFLICT (owner) DO UPDATE SET done = excluded.done')
        .run(owner, steps.length);
      this.sql.exec(`PRAGMA user_version = ${Math.max(this.#writtenBy(), versionNumber(VERSION))}`);
    });
  }

  /** The newest engine that has changed tables, as a number; 0 where that was one that noted none. */
  #writtenBy(): number {
    return Number(this.sql.prepare('PRAGMA user_version').get()?.['user_version']);
  }

  #newerTables(owner: string, done: number, known: number): GantryError {
    const writer = this.#writtenBy();
    const by = writer > versionNumber(VERSION) ? `Gantry ${versionText(writer)}` : 'a newer Gantry';
    const says = `the database ${databasePath(this.config)} is of ${by}: its tables of ${owner} have version ${done}`;
    return new GantryError('unavailable', `${says}, and this one, ${VERSION}, knows ${known}`, {
      hint: 'Use that Gantry, or give this one a root of its own with --root',
    });
  }

  async patiently<T>(work: () => T | Promise<T>): Promise<T> {
    return this.#lock ? this.#lock.patiently(work) : work();
  }

  async whenWritable(): Promise<void> {
    await this.#lock?.whenFree();
  }

  beginServing(): void {
    this.#lock?.beginServing();
  }

  transaction<T>(work: () => T, { durable } = { durable: false }): T {
    if (this.#depth > 0) return work();
    if (!durable) return this.#inTransaction(work);
    this.sql.exec('PRAGMA synchronous = FULL');
    try {
      return this.#inTransaction(work);
    } finally {
      this.sql.exec('PRAGMA synchronous = NORMAL');
    }
  }

  /** A file that cannot be read or written may refuse that, too: the error that led here is the one to tell. */
  #rollBack(): void {
    try {
      if (this.sql.isTransaction) this.sql.exec('ROLLBACK');
    } catch {
      // SQLite rolls it back when the connection is closed.
    }
  }

  #inTransaction<T>(work: () => T): T {
    this.sql.exec('BEGIN IMMEDIATE');
    this.#depth++;
    try {
      const result = work();
      this.sql.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#depth--;
    }
  }
}

/** `0.2.0` is 2000. */
function versionNumber(version: string): number {
  return version.split('.').reduce((number, part) => 1000 * number + Number(part), 0);
}

function versionText(number: number): string {
  return [Math.floor(number / 1e6), Math.floor(number / 1000) % 1000, number % 1000].join('.');
}

async function open(path: string, prepare?: (path: string) => void): Promise<Sqlite> {
  const { DatabaseSync } = await import('node:sqlite');
  // Environments of containers may contain secrets. SQLite gives the files beside it the same mode.
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  prepare?.(path);
  const sql = new DatabaseSync(path, { timeout: OPENING_TIMEOUT_MS });
  sql.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
  sql.exec('CREATE TABLE IF NOT EXISTS migrations (owner TEXT PRIMARY KEY, done INTEGER NOT NULL) STRICT');
  return sql;
}
