import { constants, fchmodSync, fchownSync, fstatSync, futimesSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Descriptor, openDescriptor } from '../../../host/index.js';
import { ContainerTree } from '../../../sysinit/container-tree.js';
import { descriptorPath } from '../../../sysinit/in-root.js';
import { folderTar, type Graph, type RootFilesystem, unpackInto } from '../../image/index.js';
import type { Volumes } from '../../volume/index.js';
import { isActive } from '../contracts/index.js';
import { inPrivateNamespaces } from '../host/index.js';
import type { ContainerFolders, ContainerLocks, ContainerStore, StoredContainer } from '../records/index.js';
import { isFilled } from './mount-source.js';
import { isEmpty, isUnfilled, lockVolume, markFilled, markUnfilled } from './volume-filling.js';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** A volume mounted in a container. */
interface VolumeMount {
  /** Its folder on the host. */
  readonly source: string;
  readonly destination: string;
}

/**
 * Copies the image's files at their destinations into volumes that are marked as unfilled, as Docker does into empty ones.
 * The mark stays where the engine is killed, and the next start copies all again. Containers that have such a volume already may
 * change it meanwhile: what is copied is unpacked by a process whose root is the volume's folder, so that no name leads out of it.
 * @param mountPoint an empty folder
 * @param how.empty whether empty volumes are filled, too
 * @throws GantryError `unavailable`, `invalid`
 */
export async function copyUpVolumes(
  volumes: readonly VolumeMount[],
  rootFilesystem: RootFilesystem,
  mountPoint: string,
  how: { readonly empty: boolean },
): Promise<void> {
  using opened = new DisposableStack();
  const isWanted = (folder: string): boolean => isUnfilled(folder) || (how.empty && isEmpty(folder));
  const wanted = volumes.filter(({ source }) => isWanted(source));
  if (wanted.length === 0) return;
  // Nothing writes to the root before the container starts. What is opened in its mount outlasts the namespace.
  const copies = inPrivateNamespaces({ network: false }, () => {
    rootFilesystem.mount(mountPoint);
    const tree = new ContainerTree(mountPoint, []);
    return wanted.map(({ source, destination }) => {
      const from = openInImage(tree, destination);
      return { source, from: from && opened.use(from) };
    });
  });
  for (const { source, from } of copies) {
    using _lock = await lockVolume(source);
    if (!isWanted(source)) continue;
    markUnfilled(source);
    using folder = openDescriptor(source, FOLDER);
    if (from) await copy(from, folder);
    markFilled(source);
  }
}

interface NewContainerServices {
  readonly files: ContainerFolders;
  readonly graph: Graph;
  readonly volumes: Volumes;
  readonly locks: ContainerLocks;
  readonly store: Pick<ContainerStore, 'find'>;
}

/**
 * Fills the volumes of a container that has just been created, so that others see the image's files in them before it starts.
 * A start does it where this process ended before.
 * @throws GantryError `unavailable`, `invalid`
 */
export async function fillNewVolumes(services: NewContainerServices, container: StoredContainer): Promise<void> {
  const { files, graph, volumes, locks, store } = services;
  const { id, config } = container;
  const mounts = config.mounts.filter(isFilled).map(({ source, target }) => ({
    source: volumes.ensure(source).path,
    destination: target,
  }));
  const unfilled = mounts.filter(({ source }) => isUnfilled(source) || isEmpty(source));
  if (unfilled.length === 0) return;
  for (const { source } of unfilled) markUnfilled(source);
  using taken = new DisposableStack();
  taken.use(await locks.take(container, 'exclusive', 'create'));
  // Another process has started it meanwhile, and has filled them.
  if (isActive(store.find(id))) return;
  const { upper, work } = files.create(id);
  const filesystem = graph.rootFilesystem(config.imageId, upper, work);
  const bundle = files.bundleOf(id);
  taken.defer(() => bundle.release());
  mkdirSync(bundle.rootfs, { recursive: true, mode: 0o700 });
  await filesystem.prepare();
  await copyUpVolumes(unfilled, filesystem, bundle.rootfs, { empty: true });
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
