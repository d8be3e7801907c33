import type { Volume, Volumes } from './contracts.js';

/** Volumes that no container uses: anonymous ones, and with `all` named ones too. */
export function unusedVolumes(
  volumes: Pick<Volumes, 'list' | 'holdersOf'>,
  { all }: { readonly all: boolean },
): Volume[] {
  return volumes.list().filter(({ name, anonymous }) => (all || anonymous) && volumes.holdersOf(name).length === 0);
}
