/**
 * Runs that this process owns: starts them, reads their output, records their exit, adopts the runs of engines that died,
 * stops, kills, freezes and restarts. Imports contracts, health, host, launch, logs, oci, parsers and records.
 */
export { ContainerPauser } from './container-pauser.js';
export { ContainerStopper } from './stop-and-kill.js';
export { Supervisor } from './supervisor.js';
