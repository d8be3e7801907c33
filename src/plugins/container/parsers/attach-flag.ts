import { GantryError } from '../../../kernel/index.js';

export type AttachedStream = 'stdin' | 'stdout' | 'stderr';

/**
 * The streams of `--attach`, in small or capital letters.
 * @throws GantryError `usage`, in Docker's words
 */
export function parseAttach(given: readonly string[]): readonly AttachedStream[] {
  return given.map((stream) => {
    const name = stream.toLowerCase();
    if (name === 'stdin' || name === 'stdout' || name === 'stderr') return name;
    throw new GantryError(
      'usage',
      `invalid argument ${JSON.stringify(stream)} for "-a, --attach" flag: valid streams are STDIN, STDOUT and STDERR`,
    );
  });
}
