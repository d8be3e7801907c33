import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindAt } from '../../../host/index.js';
import type { PathBytes } from '../fs/index.js';

const DIRECTORIES = ['dev', 'dev/pts', 'dev/shm', 'proc', 'sys', 'etc'];
const FILES = ['etc/hosts', 'etc/hostname', 'etc/resolv.conf', 'dev/console'];
/** By which programs see that they are in a container. */
const MARK = '.dockerenv';
/** Where libraries of old look for what is mounted. */
const MOUNT_TABLE = 'etc/mtab';
const NO_CHANGES = new Set(['dev', 'proc', 'sys', MARK, MOUNT_TABLE, ...FILES]);

/**
 * Creates the layer above every image: real directories and files where the engine mounts something, whatever
 * the image has there, and what Docker's containers have. With an image whose `/dev` is a link, the runc of Debian 12 made an engine delete a host's file.
 */
export function createInitLayer(folder: string): void {
  for (const directory of DIRECTORIES) {
    mkdirSync(join(folder, directory));
    chmodSync(join(folder, directory), 0o755);
  }
  for (const file of FILES) {
    writeFileSync(join(folder, file), '', { flag: 'wx' });
    chmodSync(join(folder, file), 0o644);
  }
  writeFileSync(join(folder, MARK), '', { flag: 'wx' });
  chmodSync(join(folder, MARK), 0o755);
  symlinkSync('/proc/mounts', join(folder, MOUNT_TABLE));
}

/** @returns the first fault of the init layer; undefined where it is complete */
export function checkInitLayer(folder: string): string | undefined {
  const missing =
    DIRECTORIES.find((path) => kindAt(join(folder, path)) !== 'folder') ??
    [...FILES, MARK].find((path) => kindAt(join(folder, path)) !== 'file') ??
    [MOUNT_TABLE].find((path) => kindAt(join(folder, path)) !== 'other');
  return missing === undefined ? undefined : `/${missing} is missing or something else`;
}

/**
 * Whether a path, relative to a container's root, is the engine's: it mounts something over it, or has put it there. It is no part of
 * the image or its changes.
 */
export function isOfEngine(path: PathBytes): boolean {
  return NO_CHANGES.has(path);
}
