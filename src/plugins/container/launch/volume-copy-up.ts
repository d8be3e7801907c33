import { constants, fchmodSync, fchownSync, fstatSync, futimesSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Descriptor, openDescriptor } from '../../../host/index.js';
import { ContainerTree } from '../../../sysinit/container-tree.js';
import { descriptorPath } from '../../../sysinit/in-root.js';
import { folderTar, type Graph, type RootFilesystem, unpackInto } from '../../image/index.js';
import type { Volumes } from '../../volume/index.js';
import { inPrivateNamespaces } from '../host/index.js';
import type { ContainerFolders, ContainerLocks, StoredContainer } from '../records/index.js';
import { isFilled } from './mount-source.js';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** A volume mounted in a container. */
interface VolumeMount {
  /** Its folder on the host. */
  readonly source: string;
  readonly destination: string;
}

/**
 * Copies the image's files at their destinations into empty volumes, as Docker does. Containers that have such a volume already
 * may change it meanwhile: what is copied is unpacked by a process whose root is the volume's folder, so that no name leads
 * out of it.
 * @param mountPoint an empty folder
 * @throws GantryError `unavailable`, `invalid`
 */
export async function copyUpVolumes(
  volumes: readonly VolumeMount[],
  rootFilesystem: RootFilesystem,
  mountPoint: string,
): Promise<void> {
  using opened = new DisposableStack();
  const empty = volumes
    .map(({ source, destination }) => ({ folder: opened.use(openDescriptor(source, FOLDER)), destination }))
    .filter(({ folder }) => readdirSync(descriptorPath(folder.fd)).length === 0);
  if (empty.length === 0) return;
  // Nothing writes to the root before the container starts. What is opened in its mount outlasts the namespace.
  const copies = inPrivateNamespaces({ network: false }, () => {
    rootFilesystem.mount(mountPoint);
    const tree = new ContainerTree(mountPoint, []);
    return empty.flatMap(({ folder, destination }) => {
      const from = openInImage(tree, destination);
      return from ? [{ from: opened.use(from), folder }] : [];
    });
  });
  await Promise.all(copies.map(({ from, folder }) => copy(from, folder)));
}

interface NewContainerServices {
  readonly files: ContainerFolders;
  readonly graph: Graph;
  readonly volumes: Volumes;
  readonly locks: ContainerLocks;
}

/**
 * Fills the volumes of a container that has just been created, so that others see the image's files in them before it starts.
 * Its first start does it again where this process ended before.
 * @throws GantryError `unavailable`, `invalid`
 */
export async function fillNewVolumes(services: NewContainerServices, container: StoredContainer): Promise<void> {
  const { files, graph, volumes, locks } = services;
  const { id, config } = container;
  const mounts = config.mounts.filter(isFilled).map(({ source, target }) => ({
    source: volumes.ensure(source).path,
    destination: target,
  }));
  if (!mounts.some(({ source }) => readdirSync(source).length === 0)) return;
  using taken = new DisposableStack();
  taken.use(await locks.take(container, 'exclusive', 'create'));
  const { upper, work } = files.create(id);
  const filesystem = graph.rootFilesystem(config.imageId, upper, work);
  const bundle = files.bundleOf(id);
  taken.defer(() => bundle.release());
  mkdirSync(bundle.rootfs, { recursive: true, mode: 0o700 });
  await filesystem.prepare();
  await copyUpVolumes(mounts, filesystem, bundle.rootfs);
}

function openInImage(tree: ContainerTree, destination: string): Descriptor | undefined {
  const { path, missing, stats } = tree.resolve(destination);
  if (missing.length > 0 || !stats.isDirectory()) return undefined;
  return openDescriptor(join(tree.root, path), FOLDER);
}

/** All that is in a folder, and its own owner, mode and time. */
async function copy(from: Descriptor, to: Descriptor): Promise<void> {
  const folder = descriptorPath(from.fd);
  if (readdirSync(folder).length > 0) {
    const archive = folderTar(folder, { leaveOut: () => false, rename: (name) => `./${name}` });
    await unpackInto(archive, to.fd, '/');
  }
  const { uid, gid, mode, atime, mtime } = fstatSync(from.fd);
  fchownSync(to.fd, uid, gid);
  fchmodSync(to.fd, mode & 0o7777);
  futimesSync(to.fd, atime, mtime);
}
