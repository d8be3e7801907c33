import { failureOf } from './border.js';
import { type CommandMetadata, commandMetadata } from './command.js';
import type { CommandEntry } from './registry.js';

/** What help knows of a command: its metadata, or why there is none. */
export interface Described {
  readonly entry: CommandEntry;
  readonly metadata: CommandMetadata | undefined;
  /** Its summary, or why it cannot be loaded: one broken plugin does not take help down. */
  readonly summary: string;
}

/** Imports commands, all at once, for their metadata. None is made. */
export function describe(entries: Iterable<CommandEntry>): Promise<Described[]> {
  return Promise.all(Array.from(entries, describeOne));
}

async function describeOne(entry: CommandEntry): Promise<Described> {
  try {
    const metadata = commandMetadata(await entry.load());
    return { entry, metadata, summary: metadata?.summary ?? '' };
  } catch (error) {
    return { entry, metadata: undefined, summary: `(broken: ${failureOf(error).message})` };
  }
}
