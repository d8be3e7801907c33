import { failureOf } from '../text/index.js';
import type { CommandDescription, CommandEntry } from './plugin-registry.js';

/** A command with its description, or with the reason why there is none. */
export interface DescribedCommand {
  readonly entry: CommandEntry;
  readonly description: CommandDescription | undefined;
  /** Its summary, or why it cannot be loaded: one broken plugin does not take help down. */
  readonly summary: string;
}

/** Describes commands, all at once. None is made. */
export function describeCommands(entries: Iterable<CommandEntry>): Promise<DescribedCommand[]> {
  return Promise.all(Array.from(entries, describeCommand));
}

async function describeCommand(entry: CommandEntry): Promise<DescribedCommand> {
  try {
    const description = await entry.describe();
    return { entry, description, summary: description.metadata.summary };
  } catch (error) {
    return { entry, description: undefined, summary: `(broken: ${failureOf(error).message})` };
  }
}
