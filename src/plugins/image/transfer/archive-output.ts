import { type CommandContext, GantryError } from '../../../kernel/index.js';

/**
 * Directs an archive to a file of the client, or to its stdout where the name is empty.
 * @throws GantryError `invalid` for a terminal
 */
export async function toFileOrPipe(context: CommandContext, file: string): Promise<void> {
  if (file !== '') await context.saveTo(file);
  else if (context.terminal.stdout) {
    throw new GantryError('invalid', 'cowardly refusing to write an archive to a terminal', {
      hint: 'Use the -o flag or redirect',
    });
  }
}
