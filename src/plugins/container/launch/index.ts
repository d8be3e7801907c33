/**
 * From a row to a monitor process whose program has not started yet: mounts, streams, the OCI configuration, and the
 * monitor's script. Changes no row. Imports contracts, host, logs, oci, parsers, records, seccomp and terminals.
 */
export { joinedContainersOf } from './joined-containers.js';
export { deviceSysctls, type Monitor, startMonitor } from './start-monitor.js';
export { fillNewVolumes } from './volume-copy-up.js';
export { bufferUntilStarted, PidFileWatcher } from './wait-for-start.js';
