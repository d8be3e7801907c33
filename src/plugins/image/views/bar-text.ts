import { humanSize } from '../../../kernel/index.js';

/** A bar of text for a known share: `[====>     ] 4MB/10MB`. @param width characters between the brackets */
export function barText(done: number, total: number, width: number): string {
  const filled = Math.min(width, Math.floor((done / total) * width));
  const bar = `${'='.repeat(filled)}>`.slice(0, width).padEnd(width);
  return `[${bar}] ${humanSize(done)}/${humanSize(total)}`;
}
