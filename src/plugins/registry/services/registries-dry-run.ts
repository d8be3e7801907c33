import { type Effects, GantryError, unknowable } from '../../../kernel/index.js';
import { familiarReference, parsePlatform, parseReference, withDefaultTag } from '../../image/index.js';
import type { Registries } from '../contracts/index.js';

/** Effects of the methods of `Registries`, and their plans. A dry run connects to no registry. */
export const REGISTRIES_EFFECTS: Effects<Registries> = {
  tags: 'read',
  search: 'read',
  checkLogin: {
    effect: 'read',
    plan: async (_, registry, login) => ({
      says: `check the login of ${login.username} at ${registry}`,
      result: login,
    }),
  },
  pull: {
    effect: 'write',
    async plan(_, name, { platform }) {
      const reference = withDefaultTag(parseReference(name));
      if (platform) parsePlatform(platform);
      const says = `pull ${familiarReference(reference)} from ${reference.domain}`;
      return { says, result: { image: unknowable(), digest: '', isNew: true } };
    },
  },
  push: {
    effect: 'write',
    async plan(_, name) {
      const reference = withDefaultTag(parseReference(name));
      if (reference.digest) throw new GantryError('usage', 'cannot push a digest reference');
      const says = `push ${familiarReference(reference)} to ${reference.domain}`;
      return { says, result: { digest: '', size: 0 } };
    },
  },
};
