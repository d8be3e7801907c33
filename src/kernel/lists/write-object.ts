import type { CommandContext } from '../contracts/index.js';
import { write } from '../streams/index.js';
import { compileTemplate } from '../templates/index.js';
import { printableJson } from '../text/index.js';

/**
 * Writes one object as `--format` wants it: `json`, in one line; or a template, whose texts are made safe to print where they go
 * to a terminal.
 * @throws GantryError `invalid` for what is no template, for a field that is not there, or too much work
 */
export async function writeObject(
  { stdout, terminal }: Pick<CommandContext, 'stdout' | 'terminal'>,
  format: string,
  object: object,
): Promise<void> {
  const isJson = format.trim() === 'json';
  const text = isJson ? printableJson(object) : compileTemplate(format).render(object, terminal.stdout);
  await write(stdout, `${text}\n`);
}
