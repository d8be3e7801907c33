import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import type { SQLInputValue, DatabaseSync as Sqlite } from 'node:sqlite';

type Row = Record<string, SQLInputValue>;

/**
 * Recreates a damaged database from the rows that can be read. For a table that cannot be read in full, rows are added
 * from the copy. The damaged files are renamed to `*.damaged-N`.
 * @returns whether any table was found; else the new database is empty
 */
export function salvage(path: string, copy: string): boolean {
  const fresh = `${path}.new`;
  removeFiles(fresh);
  // Environments of containers may contain secrets.
  closeSync(openSync(fresh, 'w', 0o600));
  const sources = [open(path), open(copy)].filter((source) => source !== undefined);
  let hasAny = false;
  try {
    using made = opened(fresh, false);
    made.exec('PRAGMA journal_mode = WAL; PRAGMA foreign_keys = OFF; BEGIN');
    hasAny = fill(made, sources);
    made.exec('COMMIT');
  } finally {
    for (const source of sources) source.close();
  }
  renameDamaged(path);
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  renameSync(fresh, path);
  return hasAny;
}

function fill(made: Sqlite, sources: readonly Sqlite[]): boolean {
  const schema = sources.map(schemaOf).find((objects) => objects.length > 0) ?? [];
  const create = (...types: string[]): void => {
    for (const { type, sql } of schema) if (types.includes(type)) made.exec(sql);
  };
  create('table');
  create('index');
  const tables = schema.filter(({ type, name }) => type === 'table' && !name.startsWith('sqlite_'));
  for (const { name } of tables) {
    // Rows that an intact table lacks were deleted after the copy was made.
    for (const source of sources) if (copyRows(made, source, name)) break;
  }
  create('trigger', 'view');
  return tables.length > 0;
}

/** @returns whether all rows could be read */
function copyRows(made: Sqlite, source: Sqlite, table: string): boolean {
  const key = keyOf(made, table);
  const take = (order: 'ASC' | 'DESC'): boolean => {
    try {
      for (const row of source.prepare(`SELECT * FROM "${table}" ORDER BY ${key(order)}`).iterate()) {
        insert(made, table, row as Row);
      }
      return true;
    } catch {
      return false;
    }
  };
  if (take('ASC')) return true;
  // Reads from the other end up to the damage.
  take('DESC');
  return false;
}

function insert(made: Sqlite, table: string, row: Row): void {
  const columns = Object.keys(row);
  const names = columns.map((column) => `"${column}"`).join(', ');
  try {
    made
      .prepare(`INSERT OR IGNORE INTO "${table}" (${names}) VALUES (${columns.map(() => '?').join(', ')})`)
      .run(...Object.values(row));
  } catch {
    // A value that its column does not accept is damage, too.
  }
}

function keyOf(made: Sqlite, table: string): (order: string) => string {
  const columns = made
    .prepare('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
    .all(table)
    .map(({ name }) => `"${String(name)}"`);
  const isWithoutRowid = made.prepare('SELECT wr FROM pragma_table_list WHERE name = ?').get(table)?.['wr'] === 1;
  return (order) => (isWithoutRowid ? columns : ['rowid']).map((column) => `${column} ${order}`).join(', ');
}

interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

function schemaOf(source: Sqlite): SchemaObject[] {
  try {
    const objects = source.prepare('SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL').all();
    return objects
      .map(({ type, name, sql }) => ({ type: String(type), name: String(name), sql: String(sql) }))
      .filter(({ name }) => !name.startsWith('sqlite_'));
  } catch {
    return [];
  }
}

function open(path: string): Sqlite | undefined {
  try {
    if (!statSync(path).isFile()) return undefined;
    return opened(path, true);
  } catch {
    return undefined;
  }
}

function opened(path: string, readOnly: boolean): Sqlite {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  return new DatabaseSync(path, { readOnly });
}

function renameDamaged(path: string): void {
  if (!existsSync(path)) return;
  for (let number = 1; ; number++) {
    const aside = `${path}.damaged-${number}`;
    if (existsSync(aside)) continue;
    renameSync(path, aside);
    if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${aside}-wal`);
    return;
  }
}

function removeFiles(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}
