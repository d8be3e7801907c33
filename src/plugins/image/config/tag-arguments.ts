import { GantryError } from '../../../kernel/index.js';
import { parseReference } from '../contracts/index.js';

/**
 * The name to give to an image: `REPOSITORY[:TAG]`, or repository and tag as two arguments, as in old versions of Docker.
 * @throws GantryError `invalid`
 */
export function tagFromArguments(repository: string, tag?: string): string {
  const name = tag === undefined ? repository : `${repository}:${tag}`;
  if (parseReference(name).digest) throw new GantryError('invalid', 'refusing to create a tag with a digest reference');
  return name;
}
