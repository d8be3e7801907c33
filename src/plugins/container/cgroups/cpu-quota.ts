import { existsSync, writeFileSync } from 'node:fs';
import { controlGroupsOf } from './group-members.js';

const UNLIMITED = '-1';

/**
 * Lifts the limit of processor time of a container, on version 1, where crun writes a number that the kernel does not take.
 * @returns false on version 2, where the runtime does it
 */
export function liftCpuQuota(id: string): boolean {
  const files = controlGroupsOf(id).map((folder) => `${folder}/cpu.cfs_quota_us`);
  const [quota] = files.filter((file) => existsSync(file));
  if (quota === undefined) return false;
  writeFileSync(quota, UNLIMITED);
  return true;
}
