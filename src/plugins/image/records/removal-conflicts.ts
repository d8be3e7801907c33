import { GantryError, shortId } from '../../../kernel/index.js';
import type { ImageRecords } from './image-records-token.js';

/** Reasons why an image cannot be removed, in Docker's words. */
export const HAS_CHILDREN = 'image has dependent child images';

export function usedByContainer(holder: string): string {
  return `image is being used by container ${shortId(holder)}`;
}

export function removalConflict(id: string, why: string, force = 'cannot be forced'): GantryError {
  return new GantryError('conflict', `conflict: unable to delete ${shortId(id)} (${force}) - ${why}`);
}

/** @throws GantryError `conflict` where a container or another image needs the image */
export function refuseWhileNeeded(records: Pick<ImageRecords, 'holdersOf' | 'childrenOf'>, id: string): void {
  const [holder] = records.holdersOf(id);
  if (holder !== undefined) throw removalConflict(id, usedByContainer(holder));
  if (records.childrenOf(id).length > 0) throw removalConflict(id, HAS_CHILDREN);
}
