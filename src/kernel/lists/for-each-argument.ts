import { type CommandContext, GantryError } from '../contracts/index.js';
import { write } from '../streams/index.js';
import { plain } from '../text/index.js';

/**
 * Runs an action for each name that the user gave. A failure is reported on stderr, and the others go on, unless the call
 * itself is cut short; the exit code then is 1. Each name that worked is printed, unless the action prints for itself.
 */
export async function each(
  { args, stdout, stderr, gone }: CommandContext,
  action: (name: string) => Promise<void>,
  { print = true } = {},
): Promise<number> {
  let exitCode = 0;
  for (const name of args) {
    try {
      await action(name);
      if (print) await write(stdout, `${name}\n`);
    } catch (error) {
      if (!(error instanceof GantryError) || gone.aborted) throw error;
      await write(stderr, `Error: ${plain(error.message)}${error.hint ? ` (${plain(error.hint)})` : ''}\n`);
      exitCode = 1;
    }
  }
  return exitCode;
}
