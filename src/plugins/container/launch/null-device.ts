import { statSync } from 'node:fs';
import type { User } from '../../../sysinit/users.js';
import type { ContainerConfig } from '../contracts/index.js';
import { NULL_DEVICE } from '../host/index.js';
import type { SpecMount } from '../oci/index.js';

/**
 * The volumes of a container, and /dev/null so that it stays root's. Where a container of another user has no input, crun opens
 * the container's own /dev/null for it, and before 1.24 gives that to the user: other users of the container could then be
 * kept from it. What is mounted read-only does not change hands.
 */
export function withNullDevice(
  volumes: readonly SpecMount[],
  { openStdin, tty }: Pick<ContainerConfig, 'openStdin' | 'tty'>,
  { uid, gid }: Pick<User, 'uid' | 'gid'>,
): readonly SpecMount[] {
  if (openStdin || tty || (uid === 0 && gid === 0)) return volumes;
  const guarded = { source: NULL_DEVICE, destination: NULL_DEVICE, readOnly: true };
  if (!volumes.some(({ destination }) => destination === NULL_DEVICE)) return [...volumes, guarded];
  return volumes.map((volume) => (isNullDevice(volume) ? { ...volume, readOnly: true } : volume));
}

function isNullDevice({ source, destination }: SpecMount): boolean {
  return destination === NULL_DEVICE && statSync(source).isCharacterDevice();
}
