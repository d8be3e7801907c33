/**
 * Operations that several commands share, over the contracts alone: run attached, kill and wait, restart, prune, create, make sure that an image is there. Imports cgroups, config, contracts, flags, mounts, parsers and records.
 */

export { callerOf, MOST_AT_ONCE } from './caller-of.js';
export { createContainer } from './create-container.js';
export { ensureImage } from './ensure-image.js';
export { killAndWait } from './kill-and-wait.js';
export { prunableContainers, stoppedContainers } from './prunable-containers.js';
export { restartContainer } from './restart-container.js';
export { detachKeysFor, requireTerminal, runAttached, sinkOf, streamUntilExit } from './run-attached.js';
export { SignalProxy } from './signal-proxy.js';
export { unlessRunning } from './unless-running.js';
export { warn } from './warn.js';
