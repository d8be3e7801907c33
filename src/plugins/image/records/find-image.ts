import { GantryError, isKind, resolveReference } from '../../../kernel/index.js';
import { familiarReference, type Image, parseReference, type TagStore, withDefaultTag } from '../contracts/index.js';
import type { ImageRecords } from './image-records-token.js';

const FULL_ID = /^(?:sha256:)?([0-9a-f]{64})$/;
const ID_PREFIX = /^(?:sha256:)?[0-9a-f]{1,64}$/;

/**
 * The image of a name, an id, or an unambiguous id prefix, with or without `sha256:`.
 * @throws GantryError `not found`, `conflict`, `invalid`
 */
export function findImage(records: ImageRecords, tags: TagStore, reference: string): Image {
  const full = FULL_ID.exec(reference)?.[1];
  const missing = (): GantryError => new GantryError('not found', `No such image: ${inWords(reference)}`);
  const id = resolveReference(reference.replace(/^sha256:/, ''), {
    exact: () => (full ? `sha256:${full}` : byName(tags, reference)),
    between: (first, end) => records.between(`sha256:${first}`, `sha256:${end}`),
    ambiguous: () =>
      new GantryError('conflict', `image id prefix ${reference} is ambiguous`, { hint: 'give more of its digits' }),
    missing,
  });
  const image = records.get(id);
  if (!image) throw missing();
  return image;
}

function byName(tags: TagStore, reference: string): string | undefined {
  try {
    return tags.lookup(reference);
  } catch (error) {
    // Digits alone may be an id's, whatever they are as a name.
    if (isKind(error, 'invalid') && ID_PREFIX.test(reference)) return undefined;
    throw error;
  }
}

function inWords(reference: string): string {
  try {
    return familiarReference(withDefaultTag(parseReference(reference)));
  } catch {
    return reference;
  }
}
