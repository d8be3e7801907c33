import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { CommandContext } from '../../contracts/index.js';
import type { RunParams } from '../protocol/index.js';

/** Copies what a plugin writes to the client, which may be slow, or gone. */
export async function forward(from: Readable, to: CommandContext['stdout']): Promise<void> {
  to.once('close', () => from.destroy());
  from.pipe(to, { end: false });
  await finished(from, { writable: false }).catch(() => {});
}

/** What a plugin's command is told of its client. */
export function clientOf({ args, env, cwd, terminal }: CommandContext): RunParams['client'] {
  const { stdin, stdout, stderr, size } = terminal;
  return { args, env, cwd, terminal: { stdin, stdout, stderr, size } };
}
