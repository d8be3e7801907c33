/**
 * Limits of the host's resources: from flags to the settings of a container, checked against the machine. Changes nothing.
 * Imports contracts, flags and host.
 */

export { checkMemoryLimits, limitSettings } from './limit-settings.js';
export { resourceSettings } from './resource-settings.js';
