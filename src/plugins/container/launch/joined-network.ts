import { GantryError } from '../../../kernel/index.js';
import { isAlive } from '../../system/index.js';
import type { ContainerConfig } from '../contracts/index.js';
import { parseContainerMode } from '../parsers/index.js';
import type { ContainerFiles, ContainerPaths, ContainerStore } from '../records/index.js';

/** A running container whose network, and what it tells of it in /etc, another one uses. */
export interface NetworkContainer {
  readonly pid: number;
  readonly paths: ContainerPaths;
}

/** @throws GantryError `conflict` where it does not run, `not found` */
export function networkContainerOf(
  { network }: ContainerConfig,
  { store, files }: { readonly store: ContainerStore; readonly files: ContainerFiles },
): NetworkContainer | undefined {
  const id = parseContainerMode(network);
  if (id === undefined) return undefined;
  const lender = store.find(id);
  if (lender.init && isAlive(lender.init)) return { pid: lender.init.pid, paths: files.pathsOf(lender.id) };
  throw new GantryError('conflict', `cannot join network of a non running container: ${lender.name}`, {
    hint: `Start it with \`docker start ${lender.name}\``,
  });
}
