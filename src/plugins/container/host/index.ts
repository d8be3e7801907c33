/**
 * A container as the Linux host sees it: the bundle folder of a run and its named pipes, namespaces, control groups,
 * processes, limits, usage. Knows no row and no image. Imports contracts.
 */
export { Bundle, lastError, numberIn } from './bundle.js';
export { type CgroupMode, cgroupNamespace, detectCgroups, type HostCgroups } from './cgroup-mode.js';
export { ControlGroups } from './control-groups.js';
export { makeFifo, openContainerOutput, openForReading, openForWriting, openInput, openOutput } from './named-pipes.js';
export { OomKills } from './oom-kills.js';
export {
  CGROUP_ROOT,
  controlGroupsOf,
  isInContainer,
  killIfRunning,
  killOrphans,
  reapUnknownRun,
  removeControlGroups,
} from './orphaned-processes.js';
export { pidsOf } from './pids.js';
export { inPrivateNamespaces } from './private-namespaces.js';
export { processTable } from './process-table.js';
export { PATH, SHELL } from './programs.js';
export { readStats } from './resource-usage.js';
export { LIMIT_NAMES, oomScoreAdj, rlimits } from './rlimits.js';
export { StdinPipe } from './stdin-pipe.js';
