import { closeSync, openSync } from 'node:fs';
import { CLONE_NEWNET, CLONE_NEWNS, check, libc, MS_REC, MS_SLAVE, mount } from '../../../host/index.js';
import type { HostCgroups } from './cgroup-mode.js';
import { mountPrivateCgroups } from './private-cgroups.js';

interface NamespaceOptions {
  /** A new network namespace, or that of a process; else the host's. */
  readonly network: boolean | { readonly of: number };
  /** The host's control groups, for work that starts the runtime: mounted as a runtime can handle them. */
  readonly cgroups?: HostCgroups;
}

/**
 * Runs synchronous work with this thread in a new mount namespace, and comes back. Processes that it spawns stay there:
 * namespaces, mounts and links then belong to them, and the kernel removes these when the last process ends, whatever
 * happens to the engine. Nothing on the host can leak.
 * Only the main thread moves. Work must not yield, and must not use the thread pool.
 */
export function inPrivateNamespaces<T>({ network, cgroups }: NamespaceOptions, work: () => T): T {
  const folder = process.cwd();
  const hostMounts = openSync('/proc/thread-self/ns/mnt', 'r');
  const hostNetwork = openSync('/proc/thread-self/ns/net', 'r');
  try {
    check(libc().unshare(CLONE_NEWNS | (network === true ? CLONE_NEWNET : 0)), 'unshare', 'namespaces');
    try {
      if (typeof network === 'object') joinNetworkOf(network.of);
      // Later unmounts on the host propagate inwards, so that no container pins a disk; ours do not propagate outwards.
      mount('none', '/', null, MS_REC | MS_SLAVE, null);
      if (cgroups) mountPrivateCgroups(cgroups);
      return work();
    } finally {
      const back =
        libc().setns(hostMounts, CLONE_NEWNS) === 0 && (!network || libc().setns(hostNetwork, CLONE_NEWNET) === 0);
      // An engine must never go on inside a container's namespaces.
      if (!back) process.abort();
      // `setns` changes the folder to the root; a local call is made from a folder of the user's.
      process.chdir(folder);
    }
  } finally {
    closeSync(hostMounts);
    closeSync(hostNetwork);
  }
}

function joinNetworkOf(pid: number): void {
  const theirs = openSync(`/proc/${pid}/ns/net`, 'r');
  try {
    check(libc().setns(theirs, CLONE_NEWNET), 'setns', `network of process ${pid}`);
  } finally {
    closeSync(theirs);
  }
}
