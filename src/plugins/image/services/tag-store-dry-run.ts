import { type Effects, GantryError, type Planned, shortId } from '../../../kernel/index.js';
import { parseReference, requireTaggable, type TagStore } from '../contracts/index.js';
import { familiarOrUndefined, PlannedImages } from './planned-images.js';

/** Effects of the methods of `TagStore`, and their plans. */
export function tagStoreEffects(dryRun?: object): Effects<TagStore> {
  const planned = PlannedImages.of(dryRun);
  return {
    lookup: 'read',
    manifestOf: 'read',
    list: 'read',
    namesOf: {
      effect: 'read',
      plan: (tags, imageId) => ({ result: tags.namesOf(imageId).filter((name) => !planned.untagged.has(name)) }),
    },
    set: {
      effect: 'write',
      plan(tags, reference, imageId): Planned<void> {
        requireTaggable(parseReference(reference));
        const name = familiarOrUndefined(reference);
        const now = tags.lookup(reference);
        if (now === imageId) return {};
        const image = planned.made.has(imageId) ? 'it' : `image ${shortId(imageId)}`;
        return {
          says: `tag ${image} as ${name}${now === undefined ? '' : `, a name that image ${shortId(now)} has now`}`,
        };
      },
    },
    delete: {
      effect: 'destroy',
      plan(tags, reference) {
        planned.refuseUntagged(reference);
        const name = familiarOrUndefined(reference) ?? reference;
        const result = tags.lookup(reference);
        if (result === undefined) throw new GantryError('not found', `No such image: ${name}`);
        planned.untagged.add(name);
        return { says: `untag ${name}`, result };
      },
    },
  };
}
