import { folderSize } from '../../host/index.js';
import type { Prunable } from '../../kernel/index.js';
import type { Volume, Volumes } from './contracts.js';

/** Volumes that no container uses: anonymous ones, and with `all` named ones too. */
export function unusedVolumes(
  volumes: Pick<Volumes, 'list' | 'holdersOf'>,
  { all }: { readonly all: boolean },
): Volume[] {
  return volumes.list().filter(({ name, anonymous }) => (all || anonymous) && volumes.holdersOf(name).length === 0);
}

export function prunableVolumes(volumes: Pick<Volumes, 'remove'>, unused: readonly Volume[]): Prunable {
  const names = unused.map(({ name }) => name);
  return {
    heading: 'Volumes',
    asked: names.map((name) => `volume ${name}`),
    deleted: names,
    remove: async () => {
      let reclaimed = 0;
      for (const { name, path } of unused) {
        reclaimed += await folderSize(path);
        await volumes.remove(name);
      }
      return reclaimed;
    },
  };
}
