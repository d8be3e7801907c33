import { type CommandContext, GantryError } from '../contracts/index.js';
import { write } from '../streams/index.js';
import { compileTemplate } from '../templates/index.js';
import { plain, printableJson } from '../text/index.js';
import { inTurns } from './in-turns.js';

/**
 * Writes what each name stands for, as `inspect` does: all as one JSON list, indented; `json`, the same in one line; or a template
 * for each, in which texts are made safe to print where they go to a terminal. Each is written before the next is looked at.
 * Names that stand for nothing are told at the end.
 * @param describe throws a GantryError for such a name
 * @returns the exit code
 * @throws GantryError `invalid` for what is no template, for a field that is not there, or too much work
 */
export async function inspectEach(
  { args, stdout, stderr, terminal }: Pick<CommandContext, 'args' | 'stdout' | 'stderr' | 'terminal'>,
  format: string,
  describe: (name: string) => object | Promise<object>,
): Promise<number> {
  const form = formFor(format, terminal.stdout);
  let missing = '';
  let count = 0;
  await inTurns(stdout, args, async (name) => {
    const described = await unlessMissing(name, describe);
    if (typeof described === 'string') missing += described;
    else await write(stdout, form.each(described, count++));
  });
  await write(stdout, form.end(count));
  await write(stderr, missing);
  return missing ? 1 : 0;
}

interface Form {
  each(described: object, index: number): string;
  end(count: number): string;
}

function formFor(format: string, isTerminal: boolean): Form {
  if (format === '') return listOf(4, '\n');
  if (format.trim() === 'json') return listOf(0, '');
  const template = compileTemplate(format);
  return { each: (described) => `${template.render(described, isTerminal)}\n`, end: () => '' };
}

/** A JSON list, element by element: the text of a list with one, without its brackets. */
function listOf(indent: number, lineEnd: string): Form {
  const bracket = `[${lineEnd}`.length;
  return {
    each: (described, index) =>
      (index === 0 ? `[${lineEnd}` : `,${lineEnd}`) + printableJson([described], indent).slice(bracket, -bracket),
    end: (count) => (count === 0 ? '[]\n' : `${lineEnd}]\n`),
  };
}

/** @returns a line about a name that stands for nothing */
async function unlessMissing(
  name: string,
  describe: (name: string) => object | Promise<object>,
): Promise<object | string> {
  try {
    return await describe(name);
  } catch (error) {
    if (!(error instanceof GantryError)) throw error;
    return `Error: ${plain(error.message)}${error.hint ? ` (${plain(error.hint)})` : ''}\n`;
  }
}
