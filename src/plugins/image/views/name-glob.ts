/** Whether a name has wildcards: without, it is one that a reference may be written as. */
export function isGlob(name: string): boolean {
  return /[*?[\\]/.test(name);
}

/**
 * Go's `path.Match`: `*` is any text without a slash, `?` any character but a slash, `[a-z]` and `[^a-z]` one of some. The time is
 * bounded for every glob. A part that is no glob matches nothing.
 */
export function matchesGlob(text: string, glob: string): boolean {
  const parts = text.split('/');
  const globs = glob.split('/');
  return parts.length === globs.length && parts.every((part, index) => matchesPart(part, tokensOf(globs[index] ?? '')));
}

/** One character of the text; undefined stands for a star. */
type Token = ((character: string) => boolean) | undefined;

function tokensOf(glob: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const [word, negated, inside = '', escaped] of glob.matchAll(/\[(\^?)((?:\\.|[^\]])+)\]|\\(.)|[\s\S]/g)) {
    if (word === '*') tokens.push(undefined);
    else if (word === '?') tokens.push(() => true);
    else if (inside !== '') tokens.push(oneOf(inside, negated === '^'));
    else tokens.push((character) => character === (escaped ?? word));
  }
  return tokens;
}

function oneOf(inside: string, isNegated: boolean): Token {
  const ranges = [...inside.matchAll(/\\?(.)(?:-\\?(.))?/g)].map(
    ([, first = '', last = first]) => [first, last] as const,
  );
  return (character) => ranges.some(([first, last]) => first <= character && character <= last) !== isNegated;
}

/** Backtracks to the last star only: text that an earlier star could match, the last one matches, too. */
function matchesPart(text: string, tokens: readonly Token[]): boolean {
  let at = 0;
  let inGlob = 0;
  let star = -1;
  let fromStar = 0;
  while (at < text.length) {
    const isStar = inGlob < tokens.length && tokens[inGlob] === undefined;
    if (isStar) {
      star = inGlob++;
      fromStar = at;
    } else if (tokens[inGlob]?.(text[at] ?? '')) {
      inGlob++;
      at++;
    } else if (star >= 0) {
      inGlob = star + 1;
      at = ++fromStar;
    } else return false;
  }
  return tokens.slice(inGlob).every((token) => token === undefined);
}
