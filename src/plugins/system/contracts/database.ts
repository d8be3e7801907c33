import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { token } from '../../../kernel/index.js';

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
   */
  migrate(owner: string, steps: readonly string[]): void;
  /**
   * Runs synchronous work in one `BEGIN IMMEDIATE` transaction; rolls back when it throws. Nested calls join the outer one.
   * It survives any process's death. With `durable` it is on disk when this returns, and survives a power cut, with all that
   * was committed before; that costs a sync of the disk. Ignored in a nested call.
   */
  transaction<T>(work: () => T, detail?: { readonly durable: boolean }): T;
}
export const Database = token<Database>('Database');
