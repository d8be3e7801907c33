import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Database } from '../system/index.js';

const known = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/** A statement, compiled once for each connection: compiling takes longer than most of ours run. */
export function prepared({ sql: connection }: Database, sql: string): StatementSync {
  const statements = known.get(connection) ?? new Map<string, StatementSync>();
  known.set(connection, statements);
  const statement = statements.get(sql) ?? connection.prepare(sql);
  statements.set(sql, statement);
  return statement;
}
