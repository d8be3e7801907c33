import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../support/engine.js';

/** A row of the table in `docs/compared.md`. */
export interface Decision {
  readonly commandLine: string;
  /** Of command lines that it is about. */
  readonly pattern: RegExp;
  readonly parts: readonly string[];
}

const ROW = /^\| `(?<line>.+?)` \| (?<parts>[a-z, ]+) \| .+ \|$/gm;

/** Command lines stand in backquotes, with `*` for any text; then what may differ: `code`, `output`, `words`. */
export function readDecisions(): readonly Decision[] {
  const table = readFileSync(join(PROJECT, 'docs/compared.md'), 'utf8');
  return Array.from(table.matchAll(ROW), ({ groups: { line = '', parts = '' } = {} }) => {
    const commandLine = line.replaceAll('\\|', '|');
    const pattern = commandLine.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*');
    return { commandLine, pattern: new RegExp(`^${pattern}$`, 's'), parts: parts.split(/, */) };
  });
}
