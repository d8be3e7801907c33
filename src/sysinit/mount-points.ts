import { closeSync, constants, fchmodSync, openSync } from 'node:fs';
import { posix } from 'node:path';
import { GantryError } from '../kernel/contracts/index.js';
import { ContainerTree, type VolumeMount } from './container-tree.js';
import { descriptorPath } from './in-root.js';
import { makeFolder } from './working-directory.js';

const MOUNT_POINTS = ['/dev', '/proc', '/sys'];
/** More that are missing on the way to one mount point are left to the runtime. */
const MAX_NEW_FOLDERS = 128;

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

export interface MountPoint {
  /** Absolute and clean, in the container. */
  readonly destination: string;
  /** Of a folder, or of a file. */
  readonly isFolder: boolean;
}

/**
 * Makes mount points that are missing in volumes, as Docker does: folders of mode 0755, and files of 0644. They stay there, and
 * crun makes some that only their owner can read. What cannot be made is left to the runtime, which says why.
 */
export function makeMountPoints(root: string, volumes: readonly VolumeMount[], mounts: readonly MountPoint[]): void {
  for (const mount of mounts.toSorted((one, other) => depth(one) - depth(other))) {
    const around = volumes.filter(({ destination }) => mount.destination.startsWith(`${destination}/`));
    if (around.length === 0) continue;
    const tree = new ContainerTree(root, around);
    makeMountPoint(tree, mount, (path) => tree.isInVolume(path));
  }
}

/**
 * Makes the mount points that are missing in the root, owned by root: folders of mode 0755, and files of 0644. A runtime's own have modes
 * like 1755 and 0700, and stay in what is committed and exported. Those in other mounts are left to the runtime.
 * @param tree without mounts
 */
export function makeRootMountPoints(tree: ContainerTree, mounts: readonly MountPoint[]): void {
  const all = [...MOUNT_POINTS, ...mounts.map(({ destination }) => destination)];
  for (const { destination, isFolder } of mounts) {
    if (all.some((other) => destination.startsWith(`${other}/`))) continue;
    makeMountPoint(tree, { destination, isFolder }, () => true);
  }
}

function depth({ destination }: MountPoint): number {
  return destination.split('/').length;
}

/** Nothing is made where it leads through a link to nowhere: the runtime has the last word. */
function makeMountPoint(
  tree: ContainerTree,
  { destination, isFolder }: MountPoint,
  mayMake: (path: string) => boolean,
): void {
  const { path, missing, stats } = tree.resolve(destination);
  if (missing.length > MAX_NEW_FOLDERS || missing.includes('..') || !stats.isDirectory()) return;
  let current = path;
  for (const [index, name] of missing.entries()) {
    if (!mayMake(posix.join(current, name))) return;
    const make = isFolder || index < missing.length - 1 ? makeFolder : makeFile;
    if (!tree.inFolder(current, (folder) => isMade(() => make(folder, name)))) return;
    current = posix.join(current, name);
  }
}

function isMade(make: () => void): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}

function makeFile(parent: number, name: string): void {
  const file = openSync(
    `${descriptorPath(parent)}/${name}`,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
    0o644,
  );
  try {
    fchmodSync(file, 0o644);
  } finally {
    closeSync(file);
  }
}
