import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { posix } from 'node:path';
import { GantryError } from '../kernel/contracts/index.js';
import type { ContainerTree } from './container-tree.js';
import { descriptorPath } from './in-root.js';

/** Folders that are made for one working directory. */
const MAX_NEW_FOLDERS = 128;
/** Links of the kernel out of any container: open files, folders and roots of processes. */
const KERNEL_LINKS = /^\/proc\/(self|thread-self|\d+)(\/|$)|^\/dev\/(fd|stdin|stdout|stderr)(\/|$)/;

/**
 * Creates a container's working directory if it is missing, as Docker does: owned by root, mode 0755. Returns its path
 * as the container sees it, free of links: a runtime that follows one into /proc/self/fd ends up on the host
 * (CVE-2024-21626). Folders that are missing inside a volume are left to the runtime.
 * @param path of `-w` or the image; empty is `/`
 * @throws GantryError `invalid`
 */
export function prepareWorkingDirectory(tree: ContainerTree, path: string): string {
  const wanted = checkWorkingDirectory(path || '/');
  const { path: present, missing, stats } = tree.resolve(wanted);
  if (!stats.isDirectory()) throw new GantryError('invalid', `Cannot mkdir: ${present} is not a directory`);
  refuseKernelLinks(posix.join(present, ...missing), wanted);
  if (missing.length > MAX_NEW_FOLDERS) {
    throw new GantryError(
      'invalid',
      `the working directory cannot be made: ${missing.length} folders of it are missing`,
    );
  }
  try {
    return makeFolders(tree, present, missing);
  } catch (cause) {
    throw new GantryError('invalid', `the working directory '${path}' cannot be made: a link in it leads nowhere`, {
      cause,
    });
  }
}

/**
 * Normalises a working directory as text, without the file system.
 * @throws GantryError `invalid` for a relative path, or one that names a link of the kernel
 */
export function checkWorkingDirectory(path: string): string {
  if (!path.startsWith('/') || path.includes('\0')) {
    throw new GantryError('invalid', `the working directory '${path}' is invalid, it needs to be an absolute path`);
  }
  const clean = posix.normalize(path).replace(/(?<=.)\/$/, '');
  refuseKernelLinks(clean, path);
  return clean;
}

/** @throws GantryError `invalid` for a path into open files, folders and roots of processes */
export function refuseKernelLinks(path: string, asGiven: string): void {
  if (!KERNEL_LINKS.test(path)) return;
  throw new GantryError('invalid', `the working directory '${asGiven}' is invalid, it must not be a file of a process`);
}

function makeFolders(tree: ContainerTree, present: string, missing: readonly string[]): string {
  let current = present;
  for (const name of missing) {
    if (!tree.isInVolume(posix.join(current, name))) tree.inFolder(current, (parent) => makeFolder(parent, name));
    current = posix.join(current, name);
  }
  return current;
}

/** Owned by root, mode 0755. @param parent a descriptor @throws Error as mkdir(2) */
export function makeFolder(parent: number, name: string): void {
  const folder = `${descriptorPath(parent)}/${name}`;
  mkdirSync(folder, 0o755);
  chmodSync(folder, 0o755);
  chownSync(folder, 0, 0);
}
