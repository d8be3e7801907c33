import type { Writable } from 'node:stream';

/** How long others wait, in milliseconds, apart from what one item takes. */
const TURN_MS = 10;

/** Acts on one item after the other, gives others their turn in between, and ends when the reader of the output has gone. */
export async function inTurns<T>(
  stdout: Writable,
  items: readonly T[],
  act: (item: T) => void | Promise<void>,
): Promise<void> {
  let since = performance.now();
  for (const item of items) {
    if (stdout.destroyed) return;
    await act(item);
    if (performance.now() - since < TURN_MS) continue;
    await new Promise(setImmediate);
    since = performance.now();
  }
}
