import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { MS_BIND, MS_REC, mount, openInRoot, spawned, spawnProgram } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import { ContainerTree } from '../../../sysinit/container-tree.js';
import { descriptorPath, lookInRoot } from '../../../sysinit/in-root.js';
import { folderTar, type RootFilesystem, unpackInto } from '../../image/index.js';
import { inPrivateNamespaces, SHELL } from '../host/index.js';

/** The root of a container: that of its first process, or the mounts that a start would make. */
export type ContainerRoot =
  | { readonly running: number }
  | {
      readonly rootfs: string;
      readonly filesystem: RootFilesystem;
      readonly volumes: readonly { readonly source: string; readonly destination: string }[];
    };

/** A container's root as a folder, until it is closed. */
interface OpenRoot {
  readonly path: string;
  close(): void;
}

/** File systems that the kernel makes up: neither copied nor walked. */
const KERNEL_FOLDERS = new Set(['/dev', '/proc', '/sys']);

/** Like `Runtime.statPath`. */
export async function statPath(
  files: ContainerRoot,
  path: string,
  { follow }: { follow: boolean },
): Promise<{ readonly path: string; readonly kind: 'file' | 'directory' } | undefined> {
  const root = await openRoot(files);
  try {
    const target = follow ? followLinks(root.path, path) : path;
    const flags = follow ? 0 : constants.O_NOFOLLOW;
    return lookInRoot(
      root.path,
      target,
      (_fd, stats) => ({ path: target, kind: stats.isDirectory() ? 'directory' : 'file' }),
      flags,
    );
  } finally {
    root.close();
  }
}

/** Like `Runtime.getArchive`. */
export async function getArchive(
  files: ContainerRoot,
  id: string,
  path: string,
  options: { follow: boolean; as: string },
): Promise<Readable> {
  const root = await openRoot(files);
  try {
    const wanted = posix.resolve('/', path);
    const target = options.follow ? followLinks(root.path, wanted) : wanted;
    const base = latin1(posix.basename(target));
    const isContent = options.as === '.' || base === '';
    const as = latin1(options.as);
    const folder = isContent ? target : posix.dirname(target);
    const fd = openFolder(root.path, folder, id, path);
    if (!isContent && !exists(fd, base)) {
      closeSync(fd);
      throw notFound(id, path);
    }
    const archive = folderTar(descriptorPath(fd), {
      ...(!isContent && { only: base }),
      leaveOut: (name) => folder === '/' && KERNEL_FOLDERS.has(posix.join(folder, name)),
      rename: (name) => (isContent ? `${as}/${name}` : as + name.slice(base.length)),
    });
    return archive.once('close', () => {
      closeSync(fd);
      root.close();
    });
  } catch (error) {
    root.close();
    throw error;
  }
}

/** Like `Runtime.putArchive`. */
export async function putArchive(files: ContainerRoot, id: string, path: string, archive: Readable): Promise<void> {
  const root = await openRoot(files);
  try {
    const isFolder = lookInRoot(root.path, posix.join('/', path), (_fd, stats) => stats.isDirectory());
    if (isFolder === undefined) throw notFound(id, path);
    if (!isFolder) throw new GantryError('invalid', `extraction point is not a directory: ${path}`);
    const fd = openSync(root.path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await unpackInto(archive, fd, posix.join('/', path));
    } finally {
      closeSync(fd);
    }
  } finally {
    root.close();
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

async function openRoot(files: ContainerRoot): Promise<OpenRoot> {
  if ('running' in files) return { path: `/proc/${files.running}/root`, close: () => {} };
  const { rootfs, filesystem, volumes } = files;
  mkdirSync(rootfs, { recursive: true, mode: 0o700 });
  await filesystem.prepare();
  // A process that holds the namespace with the mounts; it ends when this one does.
  const keeper = await spawned(
    inPrivateNamespaces({ network: false }, () => {
      filesystem.mount(rootfs);
      for (const { source, destination } of volumes) {
        lookInRoot(rootfs, destination, (fd) => mount(source, descriptorPath(fd), null, MS_BIND | MS_REC, null));
      }
      return spawnProgram(SHELL, ['-c', 'read -r end'], {
        detached: true,
        cwd: '/',
        stdio: ['pipe', 'ignore', 'ignore'],
      });
    }),
  );
  keeper.on('error', () => {});
  keeper.stdin?.on('error', () => {});
  return { path: `/proc/${keeper.pid}/root${rootfs}`, close: () => void keeper.stdin?.end() };
}
