import { GantryError } from '../kernel/contracts/index.js';
import type { ContainerTree } from './container-tree.js';

const MOUNT_POINTS = ['/dev', '/proc', '/sys'];

/**
 * Makes sure that the first mount points of the runtime are real folders. The engine's init layer provides them; if one
 * were a link, runc before 1.3.6 would create and remove files of the host at its target (CVE-2026-41579).
 * @throws GantryError `invalid`
 */
export function checkMountPoints(tree: ContainerTree): void {
  for (const mountPoint of MOUNT_POINTS) {
    const { path, missing, stats } = tree.resolve(mountPoint);
    if (path === mountPoint && missing.length === 0 && stats.isDirectory()) continue;
    throw new GantryError('invalid', `${mountPoint} in the container's root is not a folder of its own`);
  }
}
