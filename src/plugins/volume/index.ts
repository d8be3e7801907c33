import { definePlugin, provide } from '../../kernel/index.js';
import { Config, Database, Events } from '../system/index.js';
import { Volumes } from './contracts.js';

export { VOLUME_NAME, type Volume, Volumes } from './contracts.js';
export { describeVolume } from './describe-volume.js';
export { prunableVolumes, unusedVolumes } from './unused-volumes.js';

/** Named volumes. */
export const volume = definePlugin({
  id: 'volume',
  api: 1,
  requires: [Config, Database, Events],
  provides: [
    provide(Volumes, async () => (await import('./volumes.js')).FolderVolumes, {
      effects: async () => (await import('./volumes-dry-run.js')).VOLUMES_EFFECTS,
    }),
  ],
  checks: { volumes: async () => (await import('./volume-check.js')).VolumeCheck },
  values: {
    volume: async () => (await import('./volume-names.js')).VolumeNames,
    'volume-source': async () => (await import('./volume-names.js')).VolumeSources,
  },
  events: ['volume create', 'volume destroy'],
  commands: {
    'volume create': async () => (await import('./commands/create.js')).VolumeCreate,
    'volume inspect': async () => (await import('./commands/inspect.js')).VolumeInspect,
    'volume rm|volume remove': async () => (await import('./commands/rm.js')).VolumeRm,
    'volume prune': async () => (await import('./commands/prune.js')).VolumePrune,
    'volume ls|volume list': async () => (await import('./commands/ls.js')).VolumeLs,
  },
});
