import { readFileSync } from 'node:fs';

/** The control groups that the host has mounted. `hybrid`: version 1, with an empty version 2 beside it. */
export type CgroupMode = 'v1' | 'v2' | 'hybrid' | 'none';

export interface HostCgroups {
  readonly mode: CgroupMode;
  /** Mount point of version 2 in hybrid mode. */
  readonly unified?: string;
}

const CGROUP_ROOT = '/sys/fs/cgroup';

/** @param mountinfo text of /proc/self/mountinfo */
export function detectCgroups(mountinfo = readFileSync('/proc/self/mountinfo', 'utf8')): HostCgroups {
  const mounts = mountinfo.split('\n').flatMap(cgroupMount);
  const unified = mounts.findLast(({ type }) => type === 'cgroup2')?.path;
  const hasLegacy = mounts.some(({ type }) => type === 'cgroup');
  if (unified === undefined) return { mode: hasLegacy ? 'v1' : 'none' };
  return hasLegacy ? { mode: 'hybrid', unified } : { mode: 'v2' };
}

/** Fields of proc(5): the fifth is the mount point, the type follows the lone dash. */
function cgroupMount(line: string): { readonly type: string; readonly path: string }[] {
  const [before = '', after = ''] = line.split(' - ');
  const path = before.split(' ')[4] ?? '';
  const type = after.split(' ')[0] ?? '';
  const isCgroup = type === 'cgroup' || type === 'cgroup2';
  return isCgroup && (path === CGROUP_ROOT || path.startsWith(`${CGROUP_ROOT}/`)) ? [{ type, path }] : [];
}
