import type { GantryError } from '../contracts/index.js';

const ID_PREFIX = /^[0-9a-f]{1,64}$/;

interface Lookup<Found> {
  /** By what stands there as it is: a name, or a whole id. */
  exact(): Found | undefined;
  /** Those with ids from `first` on and before `end`, at most two. */
  between(first: string, end: string): readonly Found[];
  /** The error for several ids that begin so. */
  ambiguous(): GantryError;
  missing(): GantryError;
}

/** The object of a name, an id, or an unambiguous prefix of its hex digits. @throws GantryError of the lookup */
export function resolveReference<Found>(reference: string, lookup: Lookup<Found>): Found {
  const exact = lookup.exact();
  if (exact !== undefined) return exact;
  const [found, another] = ID_PREFIX.test(reference) ? lookup.between(reference, `${reference}g`) : [];
  if (another !== undefined) throw lookup.ambiguous();
  if (found === undefined) throw lookup.missing();
  return found;
}
