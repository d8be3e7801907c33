import { readFileSync } from 'node:fs';
import type { IsolationSettings } from '../contracts/index.js';

/** The control groups that the host has mounted. `hybrid`: version 1, with an empty version 2 beside it. */
export type CgroupMode = 'v1' | 'v2' | 'hybrid' | 'none';

export interface HostCgroups {
  readonly mode: CgroupMode;
  /** Mount points of the hierarchies of version 1. */
  readonly hierarchies: readonly string[];
  /** Mount point of version 2 in hybrid mode. */
  readonly unified?: string;
}

export const CGROUP_ROOT = '/sys/fs/cgroup';

/**
 * Whose control groups a container sees. Docker's default, too: a program that manages groups, such as systemd, finds its
 * own in the hierarchies of version 1 by the path that it has on the host, and would take their roots for its own else.
 */
export function cgroupNamespace(
  { cgroupns }: Pick<IsolationSettings, 'cgroupns'>,
  { mode }: Pick<HostCgroups, 'mode'> = detectCgroups(),
): 'private' | 'host' {
  return cgroupns ?? (mode === 'v2' ? 'private' : 'host');
}

/** @param mountinfo text of /proc/self/mountinfo */
export function detectCgroups(mountinfo = readFileSync('/proc/self/mountinfo', 'utf8')): HostCgroups {
  const mounts = mountinfo.split('\n').flatMap(cgroupMount);
  const unified = mounts.findLast(({ type }) => type === 'cgroup2')?.path;
  const hierarchies = [...new Set(mounts.filter(({ type }) => type === 'cgroup').map(({ path }) => path))];
  const hasLegacy = hierarchies.length > 0;
  if (unified === undefined) return { mode: hasLegacy ? 'v1' : 'none', hierarchies };
  return hasLegacy ? { mode: 'hybrid', hierarchies, unified } : { mode: 'v2', hierarchies };
}

/** Fields of proc(5): the fifth is the mount point, the type follows the lone dash. */
function cgroupMount(line: string): { readonly type: string; readonly path: string }[] {
  const [before = '', after = ''] = line.split(' - ');
  const path = before.split(' ')[4] ?? '';
  const type = after.split(' ')[0] ?? '';
  const isCgroup = type === 'cgroup' || type === 'cgroup2';
  return isCgroup && (path === CGROUP_ROOT || path.startsWith(`${CGROUP_ROOT}/`)) ? [{ type, path }] : [];
}
