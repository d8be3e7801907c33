import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Database } from '../contracts/index.js';

/** A database in memory, for test doubles of services. */
export class MemoryDatabase implements Database {
  readonly sql: DatabaseSync = new (process.getBuiltinModule('node:sqlite').DatabaseSync)(':memory:');
  readonly #statements = new Map<string, StatementSync>();

  prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.sql.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  migrate(_owner: string, steps: readonly string[]): void {
    for (const step of steps) this.sql.exec(step);
  }

  async patiently<T>(work: () => T | Promise<T>): Promise<T> {
    return work();
  }

  async whenWritable(): Promise<void> {}

  beginServing(): void {}

  transaction<T>(work: () => T): T {
    if (this.sql.isTransaction) return work();
    this.sql.exec('BEGIN');
    try {
      const result = work();
      this.sql.exec('COMMIT');
      return result;
    } catch (error) {
      this.sql.exec('ROLLBACK');
      throw error;
    }
  }
}
