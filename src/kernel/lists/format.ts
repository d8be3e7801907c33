import type { Writable } from 'node:stream';
import { write } from '../streams/index.js';
import { compileTemplate, failure } from '../templates/index.js';
import { printableJson, table } from '../text/index.js';
import { inTurns } from './in-turns.js';

/** A row of a list, under the names that `--format` knows. Functions are methods of templates, and not in JSON. */
export type FormatRow = Readonly<Record<string, string | ((...args: never[]) => string)>>;

const TABLE = /^table(?:\s+(.*))?$/s;
/** In characters: a table is in memory as a whole, and all its rows are as wide as the widest. */
const LARGEST_TABLE = 16 << 20;

/** Whether a `--format` asks for the table that is printed without one. */
export function isUsualTable(format: string): boolean {
  return format === '' || format.trim() === 'table';
}

/**
 * Writes a list as `--format` wants it: `json`, one object a line; a template, a line for each row; or `table TEMPLATE`, whose
 * columns are separated by `\t`. Lets others have their turn between two rows, and ends when the reader has gone.
 * @param headers of the columns, by the names of the fields
 * @throws GantryError `invalid` for what is no template, a field that rows do not have, or too much work
 */
export async function writeFormatted(
  stdout: Writable,
  format: string,
  rows: readonly FormatRow[],
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  if (format.trim() === 'json') return writeEach(stdout, rows, (row) => `${printableJson(row)}\n`);
  const columns = TABLE.exec(format)?.[1];
  const template = compileTemplate((columns ?? format).replaceAll('\\t', '\t').replaceAll('\\n', '\n'));
  const render = (row: FormatRow): string => template.render(row, true);
  if (columns === undefined) return writeEach(stdout, rows, (row) => `${render(row)}\n`);
  const header = Object.fromEntries(
    Object.keys(rows[0] ?? headers).map((name) => [name, headers[name] ?? name.toUpperCase()]),
  );
  const lines = [render(withMethods(header, rows[0]))];
  let widest = 0;
  await inTurns(stdout, rows, (row) => {
    const line = render(row);
    widest = Math.max(widest, line.length);
    if (widest * rows.length > LARGEST_TABLE) throw failure(`it makes a table of more than ${LARGEST_TABLE >> 20} MiB`);
    lines.push(line);
  });
  const [first = [], ...others] = lines.map((line) => line.split('\t'));
  await write(stdout, table(first, others));
}

function writeEach<T>(stdout: Writable, rows: readonly T[], text: (row: T) => string): Promise<void> {
  return inTurns(stdout, rows, (row) => write(stdout, text(row)));
}

/** In a header a method returns its argument: `{{.Label "tier"}}` becomes `tier`. */
function withMethods(header: Readonly<Record<string, string>>, row: FormatRow = {}): FormatRow {
  const methods = Object.keys(row).filter((name) => typeof row[name] === 'function');
  return { ...header, ...Object.fromEntries(methods.map((name) => [name, (argument: string) => argument] as const)) };
}
