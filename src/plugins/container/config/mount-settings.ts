import { GantryError } from '../../../kernel/index.js';
import type { ImageConfig } from '../../image/index.js';
import type { ContainerConfig, MountRequest } from '../contracts/index.js';
import type { ContainerFlags } from '../flags/index.js';
import {
  mergeMounts,
  noVolumeDriver,
  parseMountFlag,
  parseTmpfsFlag,
  parseVolumeFlag,
  parseVolumesFrom,
} from '../mounts/index.js';
import type { ClientContext } from './client-files.js';

/** @throws GantryError `usage`, `invalid`, `not found` (a volume driver), in Docker's words */
export function mountSettings(
  options: ContainerFlags,
  image: ImageConfig,
  client: Pick<ClientContext, 'resolvePath'>,
): Pick<ContainerConfig, 'mounts' | 'tmpfs' | 'volumesFrom'> {
  const { volumesFrom, volumeDriver, storageOpt } = options;
  if (volumeDriver !== '' && volumeDriver !== 'local') throw noVolumeDriver(volumeDriver);
  if (storageOpt.length > 0) {
    throw new GantryError(
      'invalid',
      "--storage-opt is supported only for overlay over xfs with 'pquota' mount option",
      {
        hint: 'The root of a container has no limit of its size',
      },
    );
  }
  volumesFrom.forEach(parseVolumesFrom);
  const resolve = (path: string): string => client.resolvePath(path);
  const ofImage = Object.keys(image.Volumes ?? {}).flatMap((path) => imageVolume(path) ?? []);
  const merged = mergeMounts([
    ...options.volume.map((value) => ({ volume: parseVolumeFlag(value, resolve) })),
    ...options.mount.map((value) => parseMountFlag(value, resolve)),
    ...options.tmpfs.map((value) => ({ tmpfs: parseTmpfsFlag(value) })),
    ...ofImage.map((volume) => ({ volume })),
  ]);
  return { ...merged, ...(volumesFrom.length > 0 && { volumesFrom }) };
}

/** An image may name any path: one that is invalid or the engine's own gets no volume. */
function imageVolume(path: string): MountRequest | undefined {
  try {
    const volume = parseVolumeFlag(path, (same) => same);
    const isOwn = volume.source !== '' || /^\/(dev|proc|sys)(\/|$)/.test(volume.target);
    return isOwn ? undefined : volume;
  } catch {
    return undefined;
  }
}
