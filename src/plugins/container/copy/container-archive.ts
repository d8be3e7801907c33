import { closeSync, constants, openSync } from 'node:fs';
import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { openInRoot } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import { ContainerTree } from '../../../sysinit/container-tree.js';
import { descriptorPath, lookInRoot } from '../../../sysinit/in-root.js';
import { folderTar, unpackInto } from '../../image/index.js';
import type { OpenRoot } from './open-roots.js';

/** File systems that the kernel makes up: neither copied nor walked. */
const KERNEL_FOLDERS = new Set(['/dev', '/proc', '/sys']);

/** Like `Runtime.statPath`. @param root the container's, as a folder */
export function statPath(
  root: string,
  path: string,
  { follow }: { follow: boolean },
): { readonly path: string; readonly kind: 'file' | 'directory' | undefined } | undefined {
  const target = follow ? followLinks(root, path) : path;
  const kindAt = (where: string): 'file' | 'directory' | undefined =>
    lookInRoot(root, where, (_fd, stats) => (stats.isDirectory() ? 'directory' : 'file'), constants.O_NOFOLLOW);
  const kind = kindAt(target);
  return kind || kindAt(path) ? { path: target, kind } : undefined;
}

/** Like `Runtime.getArchive`. Disposes of the root when the archive is closed. */
export function getArchive(
  root: OpenRoot,
  id: string,
  path: string,
  options: { follow: boolean; as: string },
): Readable {
  using opened = new DisposableStack();
  opened.use(root);
  const wanted = posix.resolve('/', path);
  const target = options.follow ? followLinks(root.path, wanted) : wanted;
  const base = latin1(posix.basename(target));
  const isContent = options.as === '.' || base === '';
  const as = latin1(options.as);
  const folder = isContent ? target : posix.dirname(target);
  const fd = openFolder(root.path, folder, id, path);
  opened.defer(() => closeSync(fd));
  if (!isContent && !exists(fd, base)) throw notFound(id, path);
  const archive = folderTar(descriptorPath(fd), {
    ...(isContent ? { self: as } : { only: base }),
    leaveOut: (name) => folder === '/' && KERNEL_FOLDERS.has(posix.join(folder, name)),
    rename: (name) => (isContent ? `${as}/${name}` : as + name.slice(base.length)),
  });
  const held = opened.move();
  return archive.once('close', () => held.dispose());
}

/** Like `Runtime.putArchive`. @param root the container's, as a folder */
export async function putArchive(root: string, id: string, path: string, archive: Readable): Promise<void> {
  const isFolder = lookInRoot(root, posix.join('/', path), (_fd, stats) => stats.isDirectory());
  if (isFolder === undefined) throw notFound(id, path);
  if (!isFolder) throw new GantryError('invalid', `extraction point is not a directory: ${path}`);
  const fd = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await unpackInto(archive, fd, posix.join('/', path));
  } finally {
    closeSync(fd);
  }
}

function notFound(id: string, path: string): GantryError {
  return new GantryError('not found', `Could not find the file ${path} in container ${id}`);
}

function openFolder(root: string, folder: string, id: string, path: string): number {
  try {
    return openInRoot(root, folder, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (cause) {
    throw new GantryError('not found', notFound(id, path).message, { cause });
  }
}

function exists(folder: number, name: string): boolean {
  return (
    lookInRoot(descriptorPath(folder), Buffer.from(name, 'latin1').toString(), () => true, constants.O_NOFOLLOW) ??
    false
  );
}

/** Resolves the links of a path as the container sees them, as far as the path exists. */
function followLinks(root: string, path: string): string {
  const { path: found, missing } = new ContainerTree(root, []).resolve(path);
  return posix.join(found, ...missing);
}

/** Names of files are bytes in archives. */
function latin1(name: string): string {
  return Buffer.from(name).toString('latin1');
}
