import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { token } from '../../../kernel/contracts/index.js';

/**
 * The engine's metadata: SQLite in WAL mode under the root, shared by the daemon and any number of local calls. Each
 * plugin owns the tables that its own migrations create, and reads no other plugin's.
 */
export interface Database {
  /** The open connection. */
  readonly sql: DatabaseSync;
  /** Compiles a statement once for each connection, and caches it: compiling takes longer than most statements run. */
  prepare(sql: string): StatementSync;
  /**
   * Brings an owner's tables up to date. Steps are SQL scripts, run once each and in order, in one transaction;
   * append to the list, never edit it. Called from a service's `onStart`.
   * @throws GantryError `unavailable` for tables of a newer engine
   */
  migrate(owner: string, steps: readonly string[]): void;
  /**
   * Runs synchronous work in one `BEGIN IMMEDIATE` transaction; rolls back when it throws. Nested calls join the outer one.
   * It survives any process's death. With `durable` it is on disk when this returns, and survives a power cut, with all that
   * was committed before; that costs a sync of the disk. Ignored in a nested call.
   */
  transaction<T>(work: () => T, detail?: { readonly durable: boolean }): T;
  /**
   * Does work again for as long as it fails because another process holds the write lock, ten seconds at most, without
   * blocking this process. Such work leaves nothing behind when it fails: it is one transaction, or one statement.
   * @throws GantryError `unavailable` with the process that holds it
   */
  patiently<T>(work: () => T | Promise<T>): Promise<T>;
  /** Resolves when no other process holds the write lock. @throws GantryError `unavailable`, as `patiently` */
  whenWritable(): Promise<void>;
  /** From now on callers wait for this process: a statement that meets another's write lock fails after a moment. */
  beginServing(): void;
}
export const Database = token<Database>('Database');
