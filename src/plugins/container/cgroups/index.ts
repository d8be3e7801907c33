/**
 * Control groups: how the host has them (version 1, 2, both), the group of a container and who is in it, its freezer, limits,
 * usage and the kills for want of memory, and what a container sees of them. Knows no row and no bundle. Imports contracts.
 */
export { CGROUP_ROOT, type CgroupMode, cgroupNamespace, detectCgroups, type HostCgroups } from './cgroup-mode.js';
export { liftCpuQuota } from './cpu-quota.js';
export { Freezer } from './freezer.js';
export { ControlGroups } from './group-files.js';
export {
  controlGroupsOf,
  groupIds,
  killMembers,
  memberWithPid,
  pidsOf,
  removeControlGroups,
  signalMembers,
} from './group-members.js';
export { discardUnsupported } from './limit-support.js';
export { OomKills } from './oom-kills.js';
export { mountPrivateCgroups } from './private-cgroups.js';
export { allowRealtime } from './realtime.js';
export { readStats } from './resource-usage.js';
