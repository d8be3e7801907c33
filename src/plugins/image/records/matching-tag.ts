import { familiarReference, type Image, parseReference, type TagStore, withDefaultTag } from '../contracts/index.js';

/** The name among an image's that a reference means; undefined where it means the image by its id, or by a digest. */
export function matchingTag(tags: TagStore, reference: string, image: Pick<Image, 'id'>): string | undefined {
  if (image.id === `sha256:${reference.replace(/^sha256:/, '')}`) return undefined;
  try {
    const full = familiarReference(withDefaultTag(parseReference(reference)));
    return tags.namesOf(image.id).includes(full) ? full : undefined;
  } catch {
    return undefined;
  }
}
