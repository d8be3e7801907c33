import type { CommandContext } from '../contracts/index.js';
import { write } from '../streams/index.js';
import { plain } from '../text/index.js';
import { isDryRun } from './call-scope.js';

/**
 * Lists what is about to be removed, and asks for confirmation. A dry run needs none.
 * @param what is removed, a line each
 * @returns false for any answer but yes, which is reported
 */
export async function confirmed(context: CommandContext, what: readonly string[]): Promise<boolean> {
  if (isDryRun(context)) return true;
  const list = what.map((line) => `  - ${plain(line)}\n`).join('');
  await write(context.stderr, `WARNING! This will remove:\n${list}\nAre you sure you want to continue? [y/N] `);
  if (/^y(es)?$/i.test((await firstLine(context.stdin)).trim())) return true;
  await write(context.stderr, 'Nothing was removed.\n');
  return false;
}

async function firstLine(input: CommandContext['stdin']): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0] ?? '';
}
