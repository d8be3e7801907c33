import { type Filters, GantryError, meets, meetsLabels } from '../../../kernel/index.js';
import type { Image } from '../contracts/index.js';

const TRUTHS: Readonly<Record<string, boolean>> = { true: true, 1: true, false: false, 0: false };

/** @throws GantryError `invalid` for an unknown value */
export function checkImageFilters(filters: Filters): void {
  const wrong = filters.get('dangling')?.find((value) => !Object.hasOwn(TRUTHS, value.toLowerCase()));
  if (wrong !== undefined) {
    throw new GantryError('invalid', `invalid filter 'dangling=${wrong}'`, { hint: 'It is true or false' });
  }
}

/** @param name the row's tag, or undefined for an image without one */
export function meetsImageFilters(
  image: Image,
  name: { readonly repository: string; readonly tag: string } | undefined,
  filters: Filters,
): boolean {
  return (
    meets(filters, 'dangling', (value) => TRUTHS[value.toLowerCase()] === (name === undefined)) &&
    meets(
      filters,
      'reference',
      (glob) =>
        name !== undefined &&
        (matchesGlob(name.repository, glob) || matchesGlob(`${name.repository}:${name.tag}`, glob)),
    ) &&
    meetsLabels(filters, image.config.Labels ?? {})
  );
}

/** `*` is any text without a slash, `?` any character but a slash. The time is bounded for every glob. */
export function matchesGlob(text: string, glob: string): boolean {
  const parts = text.split('/');
  const globs = glob.split('/');
  return parts.length === globs.length && parts.every((part, index) => matchesPart(part, globs[index] ?? ''));
}

/** Backtracks to the last star only: text that an earlier star could match, the last one matches, too. */
function matchesPart(text: string, glob: string): boolean {
  let at = 0;
  let inGlob = 0;
  let star = -1;
  let fromStar = 0;
  while (at < text.length) {
    if (glob[inGlob] === '*') {
      star = inGlob++;
      fromStar = at;
    } else if (inGlob < glob.length && (glob[inGlob] === '?' || glob[inGlob] === text[at])) {
      inGlob++;
      at++;
    } else if (star >= 0) {
      inGlob = star + 1;
      at = ++fromStar;
    } else return false;
  }
  return /^\**$/.test(glob.slice(inGlob));
}
