import { type CommandContext, write } from '../../../kernel/index.js';
import type { Caller } from '../contracts/index.js';

/** A command's client, who is told where it waits, and can leave. */
export function callerOf({ gone, stderr }: Pick<CommandContext, 'gone' | 'stderr'>): Caller {
  return { gone, waits: (message) => void write(stderr, `${message}\n`) };
}
