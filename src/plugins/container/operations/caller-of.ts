import { type CommandContext, write } from '../../../kernel/index.js';
import type { Caller } from '../contracts/index.js';

/** Containers that one command stops, restarts or kills at the same time: as many as in Docker. */
export const MOST_AT_ONCE = 50;

/** A command's client, who is told where it waits, and can leave. */
export function callerOf({ gone, stderr }: Pick<CommandContext, 'gone' | 'stderr'>): Caller {
  return { gone, waits: (message) => void write(stderr, `${message}\n`) };
}
