import { type CommandContext, write } from '../../../kernel/index.js';

/** Tells a command's client what does not keep it from being done. */
export async function warn(warnings: readonly string[], { stderr }: Pick<CommandContext, 'stderr'>): Promise<void> {
  for (const warning of warnings) await write(stderr, `WARNING: ${warning}\n`);
}
