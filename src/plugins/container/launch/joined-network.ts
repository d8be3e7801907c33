import { isAlive, type ProcessIdentity } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import type { ContainerConfig } from '../contracts/index.js';
import { parseContainerMode } from '../parsers/index.js';
import type { ContainerFolders, ContainerPaths, ContainerStore } from '../records/index.js';

/**
 * The running container whose network namespace, and whose files in /etc, another one uses (`--network
 * container:NAME`).
 */
export interface NetworkContainer {
  readonly init: ProcessIdentity;
  readonly paths: ContainerPaths;
}

/** @throws GantryError `conflict` where it does not run, `not found` */
export function networkContainerOf(
  { network }: ContainerConfig,
  { store, files }: { readonly store: ContainerStore; readonly files: ContainerFolders },
): NetworkContainer | undefined {
  const id = parseContainerMode(network);
  if (id === undefined) return undefined;
  const container = store.find(id);
  if (container.init && isAlive(container.init)) return { init: container.init, paths: files.pathsOf(container.id) };
  throw new GantryError('conflict', `cannot join network of a non running container: ${container.name}`, {
    hint: `Start it with \`docker start ${container.name}\``,
  });
}
