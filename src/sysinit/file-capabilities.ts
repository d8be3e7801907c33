import { libc } from '../host/index.js';
import { GantryError } from '../kernel/contracts/index.js';
import type { ContainerTree } from './container-tree.js';
import { descriptorPath } from './in-root.js';

/** Of <linux/capability.h>: struct vfs_cap_data, its longest form. */
const XATTR = 'security.capability';
const BYTES = 24;
const [PERMITTED_LOW, PERMITTED_HIGH] = [4, 12];
const SHORTEST = 20;
const EFFECTIVE = 1;

/**
 * Refuses a program whose file demands capabilities that the container does not have: execve(2) would, and a runtime could report
 * it only inside the container.
 * @param path as the container sees it
 * @param bounding a bit for each capability that programs of the container can have
 * @throws GantryError `not executable`
 */
export function checkFileCapabilities(tree: ContainerTree, path: string, bounding: bigint): void {
  const demanded = tree.inFile(path, demandedBy) ?? 0n;
  if ((demanded & ~bounding) === 0n) return;
  throw new GantryError('not executable', `exec: ${JSON.stringify(path)}: operation not permitted`, {
    hint: 'Its file has capabilities that the container lacks: give them with --cap-add',
  });
}

function demandedBy(descriptor: number): bigint {
  const value = Buffer.alloc(BYTES);
  const length = Number(libc().getxattr(descriptorPath(descriptor), XATTR, value, value.length));
  if (length < SHORTEST || (value.readUInt32LE(0) & EFFECTIVE) === 0) return 0n;
  return BigInt(value.readUInt32LE(PERMITTED_LOW)) | (BigInt(value.readUInt32LE(PERMITTED_HIGH)) << 32n);
}
