import type { Effects, Planned } from '../../kernel/index.js';
import type { Volumes } from './contracts.js';
import { checkVolumeName, refuseInUse } from './errors.js';

/** Effects of what commands do with volumes. `hold` and `release` belong to the engine alone. */
export const VOLUMES_EFFECTS: Effects<Volumes> = {
  get: 'read',
  list: 'read',
  holdersOf: 'read',
  ensure: {
    effect: 'write',
    plan(volumes, name, labels = {}) {
      const existing = volumes.list().find((volume) => volume.name === name);
      if (existing) return { result: existing };
      if (name !== '') checkVolumeName(name);
      const result = { name, path: '', created: new Date(), anonymous: name === '', labels };
      return { says: `create ${name === '' ? 'an anonymous volume' : `volume ${name}`}`, result };
    },
  },
  remove: {
    effect: 'destroy',
    async plan(volumes, name): Promise<Planned<void>> {
      const volume = volumes.get(name);
      refuseInUse(volume, volumes.holdersOf(name));
      return { says: `remove volume ${volume.name}` };
    },
  },
};
