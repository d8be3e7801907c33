import { familiarReference, type Image, parseReference, type TagStore, withDefaultTag } from '../contracts/index.js';

/** The tag among an image's that a reference means; undefined where it means the image by its id, or by a digest. */
export function matchingTag(tags: TagStore, reference: string, image: Pick<Image, 'id'>): string | undefined {
  return matchingName(tags.namesOf(image.id), reference, image);
}

/**
 * The name that a reference means, by tag or by digest; undefined where it means the image by its id.
 * @param names of the image
 */
export function matchingName(
  names: readonly string[],
  reference: string,
  image: Pick<Image, 'id'>,
): string | undefined {
  if (image.id === `sha256:${reference.replace(/^sha256:/, '')}`) return undefined;
  try {
    const parsed = withDefaultTag(parseReference(reference));
    const full = familiarReference(parsed.digest ? { ...parsed, tag: undefined } : parsed);
    return names.includes(full) ? full : undefined;
  } catch {
    return undefined;
  }
}
