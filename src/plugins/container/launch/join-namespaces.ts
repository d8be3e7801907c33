import { closeSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  attachMount,
  CLONE_NEWNS,
  check,
  cloneMount,
  libc,
  MS_BIND,
  mount,
  openDescriptor,
  openFileOf,
  type ProcessIdentity,
} from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import { descriptorPath } from '../../../sysinit/in-root.js';
import type { SpecMount } from '../oci/index.js';
import type { JoinedContainers } from './joined-containers.js';

const SHM = '/dev/shm';

export interface JoinedNamespaces {
  /** Files of nsfs by the type of namespace in the OCI configuration: `pid`, `ipc`. */
  readonly files: Readonly<Record<string, string>>;
  /** The shared memory that belongs to an IPC namespace. */
  readonly mounts: readonly SpecMount[];
}

/**
 * Mounts what the runtime needs in a folder: it starts later, when a number of a process may be another's. Call it in the
 * private mount namespace.
 * @param folder is made
 * @throws GantryError `conflict` where a container has ended meanwhile
 */
export function joinNamespaces({ pid, ipc }: JoinedContainers, folder: string): JoinedNamespaces {
  if (!pid && !ipc) return { files: {}, mounts: [] };
  mkdirSync(folder, { mode: 0o700 });
  const shm = join(folder, 'shm');
  if (ipc) mountSharedMemory(ipc.init, shm);
  return {
    files: {
      ...(pid && { pid: namespaceFile(pid.init, 'pid', folder) }),
      ...(ipc && { ipc: namespaceFile(ipc.init, 'ipc', folder) }),
    },
    mounts: ipc ? [{ source: shm, destination: SHM, readOnly: false }] : [],
  };
}

function namespaceFile(process: ProcessIdentity, type: 'pid' | 'ipc', folder: string): string {
  const point = join(folder, type);
  using file = openNamespace(process, type);
  writeFileSync(point, '');
  mount(descriptorPath(file.fd), point, null, MS_BIND, null);
  return point;
}

/** A mount can be copied in its own mount namespace alone. */
function mountSharedMemory(process: ProcessIdentity, point: string): void {
  using theirs = openNamespace(process, 'mnt');
  using own = openDescriptor('/proc/thread-self/ns/mnt', 'r');
  check(libc().setns(theirs.fd, CLONE_NEWNS), 'setns', 'the mounts of a container');
  let copy: number;
  try {
    copy = cloneMount(SHM);
  } finally {
    check(libc().setns(own.fd, CLONE_NEWNS), 'setns', 'the mounts of a new container');
  }
  try {
    mkdirSync(point, { mode: 0o700 });
    attachMount({ fd: copy }, point);
  } finally {
    closeSync(copy);
  }
}

function openNamespace(process: ProcessIdentity, type: string) {
  const file = openFileOf(process, `ns/${type}`, 'r');
  if (!file) throw new GantryError('conflict', 'the container whose namespace is joined has just ended');
  return file;
}
