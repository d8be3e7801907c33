import { constants, openSync } from 'node:fs';
import type { RootFilesystem } from '../image/index.js';
import { inPrivateNamespaces } from './private-namespaces.js';

/**
 * An open folder of a root filesystem that is mounted nowhere: it is there as long as the descriptor is open.
 * @param mountPoint any folder; what is in it stays as it is
 */
export function openRoot(root: RootFilesystem, mountPoint: string): number {
  return inPrivateNamespaces({ network: false }, () => {
    root.mount(mountPoint);
    return openSync(mountPoint, constants.O_RDONLY | constants.O_DIRECTORY);
  });
}
