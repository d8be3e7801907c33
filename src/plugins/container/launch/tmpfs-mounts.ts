import type { ContainerTree } from '../../../sysinit/container-tree.js';
import type { OciMount, TmpfsRequest } from '../contracts/index.js';
import { tmpfsMount } from '../oci/index.js';

/** In these the runtime mounts what the image has not. */
const OF_RUNTIME = /^\/(dev|proc|sys)\//;

/**
 * Each tmpfs has the mode of the folder that it is mounted on, unless another is asked for: one at /run, or in the home of root,
 * may be written by nobody else than what was there. That of a folder which is not there yet is the kernel's, 1777. As in Docker.
 */
export function tmpfsMounts(tree: ContainerTree, requests: readonly TmpfsRequest[]): OciMount[] {
  const isOnAnother = ({ target }: TmpfsRequest): boolean =>
    requests.some((other) => target.startsWith(`${other.target}/`));
  return requests.map((request) => {
    const mode = isOnAnother(request) || OF_RUNTIME.test(request.target) ? undefined : modeAt(tree, request.target);
    const options = mode === undefined ? request.options : [`mode=${mode.toString(8)}`, ...request.options];
    return tmpfsMount({ ...request, options });
  });
}

function modeAt(tree: ContainerTree, path: string): number | undefined {
  const { missing, stats } = tree.resolve(path);
  return missing.length === 0 && stats.isDirectory() ? stats.mode & 0o7777 : undefined;
}
