import type { Writable } from 'node:stream';
import { write } from '../streams/index.js';
import { compileTemplate, failure, isMissingField } from '../templates/index.js';
import { printableJson, table } from '../text/index.js';
import { inTurns } from './in-turns.js';

/** A row of a list, under the names that `--format` knows. Functions are methods of templates, and not in JSON. */
export type FormatRow = Readonly<Record<string, string | ((key: string) => string)>>;

/** The headers of all fields, and methods, that rows have. A method's own header is not used: it is its argument. */
export type FormatHeaders<Row> = { readonly [Name in keyof Row]: string };

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
 * @param headers of the columns, for each field that rows have
 * @throws GantryError `invalid` for what is no template, a field that rows do not have, or too much work
 */
export async function writeFormatted<Row extends FormatRow>(
  stdout: Writable,
  format: string,
  rows: readonly Row[],
  headers: FormatHeaders<Row>,
): Promise<void> {
  if (format.trim() === 'json') return writeEach(stdout, rows, (row) => `${printableJson(row)}\n`);
  const columns = TABLE.exec(format)?.[1];
  const template = compileTemplate(columns ?? format, { text: withTabs });
  const render = (row: FormatRow): string => template.render(row, true);
  if (columns === undefined) {
    if (rows.length === 0) refuseMissingFields(render, headers);
    return writeEach(stdout, rows, (row) => `${render(row)}\n`);
  }
  const lines = [compileTemplate(columns, { text: withTabs, functions: OF_HEADERS }).render(headerRow(headers), true)];
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

/** A header is the same for `{{.Names}}` and `{{upper .Names}}`. */
const asItIs = (header: unknown): unknown => header;
const OF_HEADERS = { json: asItIs, lower: asItIs, title: asItIs, truncate: asItIs, upper: asItIs };

/** Shells pass `\t` and `\n` on as they are. */
function withTabs(text: string): string {
  return text.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
}

function writeEach<T>(stdout: Writable, rows: readonly T[], text: (row: T) => string): Promise<void> {
  return inTurns(stdout, rows, (row) => write(stdout, text(row)));
}

/** A field that is not there is a mistake, rows or not. What else fails may be because of empty values. */
function refuseMissingFields(render: (row: FormatRow) => string, headers: Readonly<Record<string, string>>): void {
  try {
    render(Object.fromEntries(Object.keys(headers).map((name) => [name, name === 'Label' ? emptyLabel : ''])));
  } catch (error) {
    if (isMissingField(error)) throw error;
  }
}

function emptyLabel(_key: string): string {
  return '';
}

/** In a header `{{.Label "com.example.my-tier"}}` is `my tier`. */
function headerRow(headers: Readonly<Record<string, string>>): FormatRow {
  if (!Object.hasOwn(headers, 'Label')) return headers;
  const label = (key: string): string => (key.split('.').at(-1) ?? '').replaceAll(/[-_]/g, ' ');
  return { ...headers, Label: label };
}
