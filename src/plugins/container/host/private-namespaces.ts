import {
  CLONE_NEWNET,
  CLONE_NEWNS,
  check,
  type Descriptor,
  keepWorkingFolder,
  libc,
  MS_REC,
  MS_SLAVE,
  mount,
  openDescriptor,
  openFileOf,
  type ProcessIdentity,
} from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import type { HostCgroups } from '../cgroups/index.js';
import { mountPrivateCgroups } from '../cgroups/index.js';
import { protectNullDevice } from './null-device.js';

interface NamespaceOptions {
  /** A new network namespace, or that of a process; else the host's. */
  readonly network: boolean | { readonly of: ProcessIdentity };
  /** The host's control groups, for work that starts the runtime: mounted as it can handle them, and /dev/null guarded from it. */
  readonly cgroups?: HostCgroups;
}

/**
 * Runs synchronous work with this thread in a new mount namespace, and comes back. Processes that it spawns stay there:
 * namespaces, mounts and links then belong to them, and the kernel removes these when the last process ends, whatever
 * happens to the engine. Nothing on the host can leak.
 * Only the main thread moves. Work must not yield, and must not use the thread pool.
 */
export function inPrivateNamespaces<T>({ network, cgroups }: NamespaceOptions, work: () => T): T {
  // `setns` changes the folder to the root; a local call is made from a folder of the user's.
  using _folder = keepWorkingFolder();
  using hostMounts = openDescriptor('/proc/thread-self/ns/mnt', 'r');
  using hostNetwork = openDescriptor('/proc/thread-self/ns/net', 'r');
  using theirs = typeof network === 'object' ? networkOf(network.of) : undefined;
  check(libc().unshare(CLONE_NEWNS | (network === true ? CLONE_NEWNET : 0)), 'unshare', 'namespaces');
  try {
    if (theirs) check(libc().setns(theirs.fd, CLONE_NEWNET), 'setns', 'the network of a container');
    // Later unmounts on the host propagate inwards, so that no container pins a disk; ours do not propagate outwards.
    mount('none', '/', null, MS_REC | MS_SLAVE, null);
    if (cgroups) {
      mountPrivateCgroups(cgroups);
      protectNullDevice();
    }
    return work();
  } finally {
    const back =
      libc().setns(hostMounts.fd, CLONE_NEWNS) === 0 && (!network || libc().setns(hostNetwork.fd, CLONE_NEWNET) === 0);
    // An engine must never go on inside a container's namespaces.
    if (!back) process.abort();
  }
}

/** @throws GantryError `conflict` where it has ended */
function networkOf(process: ProcessIdentity): Descriptor {
  const network = openFileOf(process, 'ns/net', 'r');
  if (!network) throw new GantryError('conflict', 'the container whose network is joined has just ended');
  return network;
}
