import { widthOf } from './printable.js';

/** Docker's wrapping leaves this much of a line unused, unless all that remains fits into it. */
const SLOP = 5;
const NARROWEST_RIGHT = 24;
const BLOCK_INDENT = 8;

interface Layout {
  /** Of the terminal, in characters. */
  readonly width: number;
  readonly gap: number;
  /** The least width of the left column. */
  readonly minLeft?: number;
}

/** Two columns, indented by two spaces, the right one wrapped; or stacked, where the terminal is too narrow for two. */
export function twoColumns(rows: readonly (readonly [left: string, right: string])[], layout: Layout): string {
  const widest = rows.reduce((most, [left]) => Math.max(most, widthOf(left)), layout.minLeft ?? 0);
  const start = 2 + widest + layout.gap;
  const stacked = layout.width - 1 - start < NARROWEST_RIGHT;
  const indent = stacked ? BLOCK_INDENT : start;
  return rows
    .map(([left, right]) => {
      const lines = wrap(right, layout.width - 1 - indent).map((line) => ' '.repeat(indent) + line);
      const head = `  ${left}`;
      if (stacked) return [head, ...lines].join('\n');
      return `${head.padEnd(start)}${lines.join('\n').slice(start)}`.trimEnd();
    })
    .map((row) => `${row}\n`)
    .join('');
}

/** Lines of at most `width` characters where the words allow it. Line breaks in the text are kept. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width));
}

function wrapLine(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length >= width) {
    const fitting = rest.lastIndexOf(' ', Math.max(1, width - SLOP) - 1);
    const cut = fitting > 0 ? fitting : rest.indexOf(' ', 1);
    if (cut < 0) break;
    lines.push(rest.slice(0, cut));
    rest = rest.slice(cut + 1);
  }
  return [...lines, rest];
}
