import { posix } from 'node:path';
import { GantryError } from '../kernel/contracts/index.js';
import type { ContainerTree } from './container-tree.js';
import { makeFolder } from './working-directory.js';

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

/**
 * Makes the folders that mounts need, owned by root, mode 0755: a runtime's own have mode 1755, and stay in what is committed and
 * exported. Those of other kinds, and in other mounts, are left to the runtime.
 * @param tree without mounts
 * @param destinations of folders, absolute
 */
export function makeMountPoints(tree: ContainerTree, destinations: readonly string[]): void {
  const isInOther = (path: string): boolean =>
    [...MOUNT_POINTS, ...destinations].some((other) => path.startsWith(`${other}/`) && other !== path);
  for (const destination of destinations) {
    if (isInOther(destination)) continue;
    const { path, missing, stats } = tree.resolve(destination);
    if (!stats.isDirectory()) continue;
    let current = path;
    for (const name of missing) {
      // A link that leads nowhere: the runtime has the last word.
      if (name === '..' || !makes(() => tree.inFolder(current, (parent) => makeFolder(parent, name)))) break;
      current = posix.join(current, name);
    }
  }
}

function makes(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
