import { COLUMNS_KEY } from '../../contracts/index.js';
import { methodDecorator, methodMetadata, type OfMethod } from './method-metadata.js';

interface ColumnMetadata {
  readonly command: string;
  readonly header: string;
}

/**
 * A method that returns the cells of a column which is added to the table of `ps` or `images`: one for each row, in order.
 * Called once for a table, with the rows that are shown (`ContainerSummary`, `ImageSummary`).
 */
export function Column<Row = never>(command: string, header: string) {
  type Cells = (rows: readonly Row[]) => readonly string[] | Promise<readonly string[]>;
  return methodDecorator<Cells, ColumnMetadata>('Column', COLUMNS_KEY, { command, header });
}

/** @internal */
export function columnsOf(target: object): readonly OfMethod<ColumnMetadata>[] {
  return methodMetadata(COLUMNS_KEY, target);
}
