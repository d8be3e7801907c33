/**
 * One value of a flag each: text in, checked data or an error in Docker's words out. Knows no client and no database.
 * Imports contracts.
 */

export { type AttachedStream, parseAttach } from './attach-flag.js';
export {
  allCapabilities,
  CAPABILITY_WORDS,
  capabilitiesOf,
  capabilityBits,
  DEFAULT_CAPABILITIES,
  parseCapability,
} from './capabilities.js';
export { booleanOf, csvFields, keyAndValue } from './csv.js';
export { DetachKeys } from './detach-keys.js';
export {
  checkEnvironment,
  hasVariable,
  type Lookup,
  mergeEnvironment,
  parseEnvironment,
  parseEnvironmentFile,
  withHome,
} from './environment.js';
export { parseLink } from './link-flag.js';
export { parseLogOptions } from './log-flags.js';
export { type NetworkFlag, parseNetworkFlag } from './network-flag.js';
export { containerMode, hasNetwork, parseContainerMode } from './network-mode.js';
export { formatRestartPolicy, mayRestart, parseRestartPolicy } from './restart-policy.js';
export { parseSignal, SIGNAL_WORDS, signalNumber } from './signal.js';
export { DEFAULT_STOP_TIMEOUT_S, parseStopTimeout } from './stop-timeout.js';
export { parseSysctlFlags } from './sysctl-flag.js';
