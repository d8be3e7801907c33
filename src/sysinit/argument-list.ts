import { GantryError } from '../kernel/contracts/index.js';
import { truncate } from '../kernel/text/index.js';

/** Of the kernel: MAX_ARG_STRLEN, 32 pages, the zero byte at the end included. */
const MAX_TEXT_BYTES = 131_072;
/** Of the kernel, with the usual limit of the stack: of all texts, each with its zero byte and its pointer. */
const MAX_LIST_BYTES = 2 * 1024 * 1024;
const PER_TEXT_BYTES = 1 + 8;
const MAX_SHOWN = 256;

/**
 * Refuses arguments that execve(2) would not accept. A runtime could report it only inside the container, where it
 * looks like the program's own failure.
 * @throws GantryError `not executable`
 */
export function checkArgumentList(args: readonly string[], env: readonly string[]): void {
  let total = 0;
  let longest = 0;
  for (const texts of [args, env]) {
    for (const text of texts) {
      const bytes = Buffer.byteLength(text);
      total += bytes + PER_TEXT_BYTES;
      longest = Math.max(longest, bytes);
    }
  }
  if (longest < MAX_TEXT_BYTES && total <= MAX_LIST_BYTES) return;
  const program = JSON.stringify(truncate(args[0] ?? '', MAX_SHOWN));
  throw new GantryError('not executable', `exec: ${program}: argument list too long`, {
    hint: `An argument, or a variable, has at most ${MAX_TEXT_BYTES - 1} bytes, and all of them ${MAX_LIST_BYTES}`,
  });
}
