import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import type { DatabaseSync as Sqlite, StatementSync } from 'node:sqlite';
import type { Service } from '../../../kernel/index.js';
import { Config, type Database } from '../contracts/index.js';
import { DatabaseCopy } from './database-copy.js';
import { copyPath, damagedDatabase, databasePath, fileFault, isDamageError } from './database-file.js';
import { preallocateGrowth, preallocateLog } from './preallocate.js';

const BUSY_TIMEOUT_MS = 10_000;

/** The database file under the root. */
export class SqliteDatabase implements Database, Service {
  #sql: Sqlite | undefined;
  #logHolder: Sqlite | undefined;
  #copy: DatabaseCopy | undefined;
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
    if (doneSteps() >= steps.length) return;
    this.transaction(() => {
      for (const step of steps.slice(doneSteps())) this.sql.exec(step);
      this.sql
        .prepare('INSERT INTO migrations VALUES (?, ?) ON CONFLICT (owner) DO UPDATE SET done = excluded.done')
        .run(owner, steps.length);
    });
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

  #inTransaction<T>(work: () => T): T {
    this.sql.exec('BEGIN IMMEDIATE');
    this.#depth++;
    try {
      const result = work();
      this.sql.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.sql.isTransaction) this.sql.exec('ROLLBACK');
      throw error;
    } finally {
      this.#depth--;
    }
  }
}

async function open(path: string, prepare?: (path: string) => void): Promise<Sqlite> {
  const { DatabaseSync } = await import('node:sqlite');
  // Environments of containers may contain secrets. SQLite gives the files beside it the same mode.
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  prepare?.(path);
  const sql = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  sql.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
  sql.exec('CREATE TABLE IF NOT EXISTS migrations (owner TEXT PRIMARY KEY, done INTEGER NOT NULL) STRICT');
  return sql;
}
