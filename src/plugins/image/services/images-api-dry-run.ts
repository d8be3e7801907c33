import { type Effects, shortId } from '../../../kernel/index.js';
import type { ImagesApi } from './images-api.js';

export const IMAGES_EFFECTS: Effects<ImagesApi> = {
  list: 'read',
  get: 'read',
  history: 'read',
  tag: {
    effect: 'write',
    async plan(images, reference, name) {
      const { id } = await images.taggable(reference, name);
      return { says: `tag image ${shortId(id)} as ${name}`, result: undefined };
    },
  },
  untag: {
    effect: 'write',
    async plan(images, name) {
      await images.get(name);
      return { says: `take the name ${name} away from its image`, result: undefined };
    },
  },
  remove: {
    effect: 'destroy',
    async plan(images, reference) {
      const { id, names } = await images.removable(reference);
      return { says: `remove image ${names[0] ?? shortId(id)}`, result: undefined };
    },
  },
};
