import type { Finding } from '../../../kernel/index.js';
import type { Database } from '../contracts/index.js';

/** Parses JSON of a column. For damaged JSON it returns `otherwise`, so that the rest of the row stays usable. */
export function parseJsonColumn<T extends object>(value: unknown, otherwise: T): T {
  try {
    const said: unknown = JSON.parse(String(value));
    const isSame = typeof said === 'object' && said !== null && Array.isArray(said) === Array.isArray(otherwise);
    return isSame ? (said as T) : otherwise;
  } catch {
    return otherwise;
  }
}

/** A column with JSON, the column that names its rows, and the JSON that replaces damaged text. */
interface JsonColumn {
  readonly table: string;
  readonly column: string;
  readonly key: string;
  readonly empty: '{}' | '[]';
}

/** Finds rows whose JSON is damaged. @param kind of the row's object: `volume` */
export function* damagedJsonColumns(database: Database, kind: string, at: JsonColumn): Iterable<Finding> {
  const { table, column, key, empty } = at;
  const rows = database.sql.prepare(`SELECT ${key} AS key FROM ${table} WHERE NOT json_valid(${column})`).all();
  for (const row of rows) {
    const run = (): void => {
      database.sql.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`).run(empty, String(row['key']));
    };
    const repair = { does: 'forget them', did: 'forgotten', run };
    yield {
      object: `${kind} ${String(row['key'])}`,
      problem: `what the database has of its ${column} is damaged`,
      repair,
    };
  }
}
