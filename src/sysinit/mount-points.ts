import { GantryError } from '../kernel/contracts/index.js';
import type { ContainerTree } from './container-tree.js';

const MOUNT_POINTS = ['/dev', '/proc', '/sys'];

/**
 * Makes sure that what the runtime mounts first has real folders to be mounted on. The engine's top layer provides
 * them; were one a link, runc before 1.3.6 would make and remove files of the host where it leads (CVE-2026-41579).
 * @throws GantryError `invalid`
 */
export function checkMountPoints(tree: ContainerTree): void {
  for (const mountPoint of MOUNT_POINTS) {
    const { path, missing, stats } = tree.resolve(mountPoint);
    if (path === mountPoint && missing.length === 0 && stats.isDirectory()) continue;
    throw new GantryError('invalid', `${mountPoint} in the container's root is not a folder of its own`);
  }
}
