import { GantryError } from '../../../kernel/index.js';
import { familiarReference, type Reference, type TagStore } from '../../image/index.js';

/** The id of the image that is to be pushed. @throws GantryError `not found` where no image here has the name */
export function localImage(tags: Pick<TagStore, 'lookup'>, reference: Reference): string {
  const id = tags.lookup(familiarReference(reference));
  if (id !== undefined) return id;
  const said = `${reference.domain}/${reference.path}:${reference.tag}`;
  throw new GantryError('not found', `An image does not exist locally with the tag: ${said}`);
}
