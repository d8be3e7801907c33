import { plain, widthOf } from './printable.js';

const MIN_COLUMN = 10;
const PADDING = 3;

/**
 * Lays out a table as Docker does: columns at least 10 wide, 3 spaces between them, nothing after the last cell.
 * Cells are made safe to print. Ends with a newline.
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows].map((cells) => cells.map(plain));
  const widths = header.map((_, column) =>
    lines.reduce((widest, cells) => Math.max(widest, widthOf(cells[column] ?? '') + PADDING), MIN_COLUMN),
  );
  return lines
    .map((cells) => `${cells.map((cell, column) => padded(cell, column, cells, widths)).join('')}\n`)
    .join('');
}

function padded(cell: string, column: number, cells: readonly string[], widths: readonly number[]): string {
  if (column === cells.length - 1) return cell;
  return cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell));
}
