import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { spawned, spawnProgram } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';

const MAX_COMPLAINT = 4096;

/** What a program makes of an archive, from its input to its output. */
export async function* throughProgram(
  source: AsyncIterable<Buffer>,
  path: string,
  args: readonly string[],
): AsyncGenerator<Buffer> {
  const child = await spawned(spawnProgram(path, args, { env: {}, stdio: ['pipe', 'pipe', 'pipe'] }));
  const closed = once(child, 'close') as Promise<[code: number | null]>;
  let failure: unknown;
  const fed = feed(source, child.stdin).catch((error: unknown) => {
    failure = error;
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(0, MAX_COMPLAINT);
  });
  try {
    yield* child.stdout;
    const [code] = await closed;
    // A program that has failed may have left a source that never ends.
    if (code === 0) await fed;
    if (failure) throw failure;
    if (code !== 0) throw undecodable(complaint.trim().split('\n')[0] || `${path} failed`);
  } finally {
    child.kill('SIGKILL');
  }
}

/**
 * Writes all of it, as far as the program reads. A program that stops says why: the source is not closed before that, which
 * would be taken for the cause.
 * @throws what the source fails with
 */
async function feed(source: AsyncIterable<Buffer>, input: Writable): Promise<void> {
  input.on('error', () => undefined);
  const chunks = source[Symbol.asyncIterator]();
  try {
    for (let next = await chunks.next(); !next.done && input.writable; next = await chunks.next()) {
      await new Promise<void>((resolve) => void input.write(next.value, () => resolve()));
    }
  } finally {
    input.end();
  }
}

export function undecodable(why: string): GantryError {
  return new GantryError('invalid', `the archive cannot be decompressed: ${why}`);
}
