import { isAlive, type ProcessIdentity } from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import type { ContainerConfig } from '../contracts/index.js';
import { parseContainerMode } from '../parsers/index.js';
import type { ContainerFolders, ContainerPaths, ContainerStore } from '../records/index.js';

/** A running container whose namespace another one uses, and whose files in /etc where that is its network. */
export interface JoinedContainer {
  readonly init: ProcessIdentity;
  readonly paths: ContainerPaths;
}

/** By the namespace that is joined: `--network container:NAME`, `--pid`, `--ipc`. */
export interface JoinedContainers {
  readonly network: JoinedContainer | undefined;
  readonly pid: JoinedContainer | undefined;
  readonly ipc: JoinedContainer | undefined;
}

interface Records {
  readonly store: ContainerStore;
  readonly files: ContainerFolders;
}

/** @throws GantryError `conflict` where one of them does not run, or keeps its IPC to itself; `not found` */
export function joinedContainersOf({ network, pid, ipc }: ContainerConfig, records: Records): JoinedContainers {
  return {
    network: joined('network', network, records),
    pid: joined('PID', pid, records),
    ipc: joined('IPC', ipc, records),
  };
}

function joined(what: 'network' | 'PID' | 'IPC', mode: string, { store, files }: Records): JoinedContainer | undefined {
  const id = parseContainerMode(mode);
  if (id === undefined) return undefined;
  const { name, init, config } = store.find(id);
  if (what === 'IPC' && config.ipc !== 'shareable' && parseContainerMode(config.ipc) === undefined) {
    throw new GantryError('conflict', `can't join IPC of container ${name}: non-shareable IPC`, {
      hint: 'Create it with --ipc shareable',
    });
  }
  if (init && isAlive(init)) return { init, paths: files.pathsOf(id) };
  throw new GantryError('conflict', `cannot join ${what} of a non running container: ${name}`, {
    hint: `Start it with \`docker start ${name}\``,
  });
}
