/**
 * Rows of containers and their lasting folders: create, rename, remove, restore, recover, and the errors that say why
 * not. The only room with SQL. Starts no process. Imports contracts, host and parsers.
 */
export { ContainerFolders, type ContainerPaths } from './container-folders.js';
export { newContainerId } from './container-id.js';
export { ContainerLocks } from './container-locks.js';
export { checkName, randomName } from './container-name.js';
export { ContainerRegister } from './container-register.js';
export { type OwnedRun, parseRow, type StoredContainer, toContainer } from './container-row.js';
export { ContainerStore } from './container-store.js';
export { DamagedRows } from './damaged-rows.js';
export {
  AlreadyRunning,
  alreadyRunning,
  cannotAttach,
  cannotExec,
  cannotStartPaused,
  logNotReadable,
  nameInUse,
  noSuchContainer,
  notRunning,
  pauseError,
  runTakenOver,
  sameName,
  stillRunning,
  unpauseError,
} from './errors.js';
export { ExecEvents, recordEvent } from './record-event.js';
export { readRecoveryRecord } from './recovery-record.js';
export { RemovedContainers } from './removed-containers.js';
export type { ScheduledRestart } from './restart-backoff.js';
