const MOST_SUGGESTIONS = 3;

/**
 * The candidates that a mistyped word was probably meant to be, nearest first. By hand, since the whole of it is
 * smaller than what a package would add to the client's start.
 */
export function didYouMean(word: string, candidates: readonly string[]): string[] {
  const typed = word.toLowerCase();
  const tolerated = Math.min(3, Math.max(1, Math.floor(typed.length / 3)));
  return candidates
    .filter((candidate) => Math.abs(candidate.length - typed.length) <= tolerated || isStartOf(typed, candidate))
    .map((candidate) => ({ candidate, distance: isStartOf(typed, candidate) ? 0 : distance(typed, candidate) }))
    .filter((rated) => rated.distance <= tolerated && rated.distance < typed.length)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST_SUGGESTIONS)
    .map((rated) => rated.candidate);
}

function isStartOf(typed: string, candidate: string): boolean {
  return typed.length >= 3 && candidate.startsWith(typed);
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function distance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const swapped =
        from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
          ? at(beforeLast, column - 2) + 1
          : Number.POSITIVE_INFINITY;
      current.push(Math.min(replaced, swapped, at(last, column) + 1, at(current, column - 1) + 1));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
