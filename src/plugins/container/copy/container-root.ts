import { isAlive } from '../../../host/index.js';
import type { Graph } from '../../image/index.js';
import type { Volumes } from '../../volume/index.js';
import type { ContainerFolders, StoredContainer } from '../records/index.js';
import type { ContainerRoot } from './container-archive.js';

interface Dependencies {
  readonly files: ContainerFolders;
  readonly graph: Graph;
  readonly volumes: Volumes;
}

/** Where the files of a container are, whether it runs or not. */
export function containerRootOf(
  { id, init, config }: StoredContainer,
  { files, graph, volumes }: Dependencies,
): ContainerRoot {
  if (init && isAlive(init)) return { running: init.pid };
  const { upper, work } = files.create(id);
  return {
    rootfs: files.bundleOf(id).rootfs,
    filesystem: graph.rootFilesystem(config.imageId, upper, work),
    volumes: config.mounts.map(({ type, source, target }) => ({
      source: type === 'volume' ? volumes.ensure(source).path : source,
      destination: target,
    })),
  };
}
