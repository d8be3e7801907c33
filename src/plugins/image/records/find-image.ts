import { GantryError, isKind } from '../../../kernel/index.js';
import { familiarReference, type Image, parseReference, type TagStore, withDefaultTag } from '../contracts/index.js';
import type { ImageRecords } from './image-records-token.js';

const FULL_ID = /^(?:sha256:)?([0-9a-f]{64})$/;
const ID_PREFIX = /^(?:sha256:)?([0-9a-f]{1,64})$/;

/**
 * The image of a name, an id, or an unambiguous id prefix, with or without `sha256:`.
 * @throws GantryError `not found`, `conflict`, `invalid`
 */
export function findImage(records: ImageRecords, tags: TagStore, reference: string): Image {
  const full = FULL_ID.exec(reference)?.[1];
  const id = full ? `sha256:${full}` : (byName(tags, reference) ?? byPrefix(records, reference));
  const image = id === undefined ? undefined : records.get(id);
  if (!image) throw new GantryError('not found', `No such image: ${inWords(reference)}`);
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

function byPrefix(records: ImageRecords, reference: string): string | undefined {
  const hex = ID_PREFIX.exec(reference)?.[1];
  if (!hex) return undefined;
  const [id, another] = records.withPrefix(hex);
  if (another) {
    throw new GantryError('conflict', `image id prefix ${reference} is ambiguous`, {
      hint: 'give more of its digits',
    });
  }
  return id;
}

function inWords(reference: string): string {
  try {
    return familiarReference(withDefaultTag(parseReference(reference)));
  } catch {
    return reference;
  }
}
