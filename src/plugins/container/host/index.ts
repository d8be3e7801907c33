/**
 * A container as the Linux host sees it: the bundle folder of a run and its named pipes, namespaces, processes,
 * limits. Knows no row and no image. Imports contracts.
 */
export { Bundle, lastError, numberIn } from './bundle.js';
export { EXEC_PREFIX, type ExecGroup, killAbandonedExecs, makeExecGroup, writeOwner } from './exec-group.js';
export {
  makeFifo,
  openContainerOutput,
  openForReading,
  openForWriting,
  openInput,
  openOutput,
  type PipeEnds,
} from './named-pipes.js';
export { NULL_DEVICE } from './null-device.js';
export { killRun, processesWith, releaseUnknownRun } from './orphaned-processes.js';
export { inPrivateNamespaces } from './private-namespaces.js';
export { processTable } from './process-table.js';
export { PATH, SHELL } from './programs.js';
export { checkRlimits, LIMIT_NAMES, NO_LIMIT, oomScoreAdj, rlimits, shownLimit } from './rlimits.js';
export { runtimeJson } from './runtime-json.js';
export { fateOf } from './signal-disposition.js';
export { StdinPipe } from './stdin-pipe.js';
