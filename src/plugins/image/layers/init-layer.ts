import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindAt } from '../../../host/index.js';
import type { PathBytes } from '../fs/index.js';

const DIRECTORIES = ['dev', 'proc', 'sys', 'etc'];
const FILES = ['etc/hosts', 'etc/hostname', 'etc/resolv.conf'];
const MOUNTED_OVER = new Set(['dev', 'proc', 'sys', ...FILES]);

/**
 * Creates the layer above every image: real directories and files where the engine mounts something, whatever
 * the image has there. With an image whose `/dev` is a link, the runc of Debian 12 made an engine delete a host's file.
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
}

/** @returns the first fault of the init layer; undefined where it is complete */
export function checkInitLayer(folder: string): string | undefined {
  const missing =
    DIRECTORIES.find((path) => kindAt(join(folder, path)) !== 'folder') ??
    FILES.find((path) => kindAt(join(folder, path)) !== 'file');
  return missing === undefined ? undefined : `/${missing} is missing or something else`;
}

/**
 * Whether the engine mounts something over a path, relative to a container's root: it is no part of the image or its
 * changes.
 */
export function isMountedOver(path: PathBytes): boolean {
  return MOUNTED_OVER.has(path);
}
