/**
 * `config.json` and the runtime program (crun, runc): building the one, finding, driving and understanding the other.
 * Knows no row. Imports contracts, host, parsers and seccomp.
 */

export { changedLimits } from './cgroup-limits.js';
export { requestedDevices } from './devices.js';
export { initArguments, initMount } from './init-program.js';
export { maskedPaths, READONLY_PATHS } from './masked-paths.js';
export { HOST_IPC_MOUNTS, type SpecMount, sharedMemoryMount, tmpfsMount } from './mounts.js';
export { type OciRuntime, probeRuntime } from './probe-runtime.js';
export {
  collectOutput,
  RuntimeControl,
  runtimeCommand,
  runtimeStateFolder,
  waitForExit,
  withOomScore,
} from './runtime-control.js';
export { buildSpec } from './spec.js';
export { exitCodeOfFailure, programFailure, startFailure } from './start-failure.js';
