import { GantryError } from '../../../kernel/index.js';
import type { ContainerConfig, ContainerReader } from '../contracts/index.js';
import { type AllMounts, isAnonymous } from './all-mounts.js';

/** Docker's for SELinux have no effect here. */
const MODES: readonly string[] = ['ro', 'rw', 'z', 'Z'];

/** One `--volumes-from`: `CONTAINER[:ro|rw]`. @throws GantryError `invalid`, in Docker's words */
export function parseVolumesFrom(value: string): { readonly container: string; readonly readOnly: boolean } {
  const [container = '', mode = 'rw', ...more] = value.split(':');
  if (container === '') throw new GantryError('invalid', 'volumes-from specification cannot be an empty string');
  if (more.length > 0 || !MODES.includes(mode))
    throw new GantryError('invalid', `invalid mode: ${[mode, ...more].join(':')}`);
  return { container, readOnly: mode === 'ro' };
}

/**
 * Adds the mounts of the containers that `--volumes-from` names. What the container itself asks for stands, but for its
 * anonymous volumes.
 * @throws GantryError `not found`
 */
export function withVolumesFrom(
  { volumesFrom = [], mounts, tmpfs }: Pick<ContainerConfig, 'volumesFrom' | 'mounts' | 'tmpfs'>,
  containers: Pick<ContainerReader, 'get'>,
): AllMounts {
  const others = volumesFrom.map(parseVolumesFrom).flatMap(({ container, readOnly }) => {
    const { config } = containers.get(container);
    return config.mounts.map((mount) => ({ ...mount, readOnly: readOnly || mount.readOnly }));
  });
  const own = mounts.filter((mount) => !isAnonymous(mount));
  const taken = new Set([...own, ...tmpfs].map(({ target }) => target));
  const added = new Map(others.filter(({ target }) => !taken.has(target)).map((mount) => [mount.target, mount]));
  const kept = mounts.filter((mount) => !isAnonymous(mount) || !added.has(mount.target));
  return { mounts: [...kept, ...added.values()], tmpfs };
}
