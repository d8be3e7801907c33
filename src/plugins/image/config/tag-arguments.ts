import { parseReference, requireTaggable } from '../contracts/index.js';

/**
 * The name to give to an image: `REPOSITORY[:TAG]`, or repository and tag as two arguments, as in old versions of Docker.
 * @throws GantryError `invalid`
 */
export function tagFromArguments(repository: string, tag?: string): string {
  const name = tag === undefined ? repository : `${repository}:${tag}`;
  requireTaggable(parseReference(name));
  return name;
}
