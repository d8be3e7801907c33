import type { Column, Filter } from '../contracts/index.js';
import { table } from '../text/index.js';
import type { Filters } from './filter-flag.js';

/** A row of a table, and the data of it that plugins get. */
interface Extendable {
  readonly data: unknown;
}

/** The rows that the plugins' filters let through: one value of a filter is enough, and all filters must be met. */
export async function keptByPlugins<R extends Extendable>(
  added: readonly Filter[],
  filters: Filters,
  rows: readonly R[],
): Promise<readonly R[]> {
  let kept = rows;
  for (const filter of added) {
    const values = filters.get(filter.name);
    if (!values || kept.length === 0) continue;
    const data = kept.map((row) => row.data);
    const verdicts = await Promise.all(values.map((value) => filter.keeps(value, data)));
    kept = kept.filter((_, index) => verdicts.some((keeps) => keeps[index]));
  }
  return kept;
}

/** The cells of the plugins' columns, for each row. */
export async function cellsOfPlugins(
  columns: readonly Column[],
  rows: readonly Extendable[],
): Promise<readonly (readonly string[])[]> {
  const data = rows.map((row) => row.data);
  const cells = await Promise.all(columns.map((column) => column.cells(data)));
  return rows.map((_, index) => cells.map((column) => column[index] ?? '-'));
}

/** A table with the columns of plugins behind its own. */
export async function tableWithPlugins(
  { headers, cells }: { readonly headers: readonly string[]; readonly cells: readonly (readonly string[])[] },
  columns: readonly Column[],
  rows: readonly Extendable[],
): Promise<string> {
  const added = await cellsOfPlugins(columns, rows);
  return table(
    [...headers, ...columns.map(({ header }) => header)],
    cells.map((row, index) => [...row, ...(added[index] ?? [])]),
  );
}
