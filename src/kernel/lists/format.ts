import { plain, table } from '../text/index.js';
import { compileTemplate } from './template.js';

/** A row of a list, under the names that `--format` knows. Functions are methods of templates, and not in JSON. */
export type FormatRow = Readonly<Record<string, string | ((...args: never[]) => string)>>;

const TABLE = /^table(?:\s+(.*))?$/s;

/** Whether a `--format` asks for the table that is printed without one. */
export function isUsualTable(format: string): boolean {
  return format === '' || format.trim() === 'table';
}

/**
 * A list as `--format` wants it: `json`, one object a line; a template, a line for each row; or `table TEMPLATE`, whose
 * columns are separated by `\t`.
 * @param headers of the columns, by the names of the fields
 * @throws GantryError `invalid` for what is no template, or a field that rows do not have
 */
export function formatted(
  format: string,
  rows: readonly FormatRow[],
  headers: Readonly<Record<string, string>>,
): string {
  if (format.trim() === 'json') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const columns = TABLE.exec(format)?.[1];
  const template = compileTemplate((columns ?? format).replaceAll('\\t', '\t').replaceAll('\\n', '\n'));
  if (columns === undefined) return rows.map((row) => `${template.render(safe(row))}\n`).join('');
  const cells = (row: FormatRow): string[] => template.render(safe(row)).split('\t');
  const header = Object.fromEntries(
    Object.keys(rows[0] ?? headers).map((name) => [name, headers[name] ?? name.toUpperCase()]),
  );
  return table(cells(withMethods(header, rows[0])), rows.map(cells));
}

/** In a header a method returns its argument: `{{.Label "tier"}}` becomes `tier`. */
function withMethods(header: Readonly<Record<string, string>>, row: FormatRow = {}): FormatRow {
  const methods = Object.keys(row).filter((name) => typeof row[name] === 'function');
  return { ...header, ...Object.fromEntries(methods.map((name) => [name, (argument: string) => argument] as const)) };
}

function safe(row: FormatRow): FormatRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'string' ? plain(value) : value]),
  );
}
