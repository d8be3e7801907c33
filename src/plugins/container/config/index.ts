/**
 * From flags, or from the request of a plugin, and the image to one `ContainerConfig`. What is wrong with a request is
 * refused here, before anything has changed. Reads files of the client only. Imports contracts, flags, health, limits,
 * mounts, parsers, records and seccomp.
 */

export { applyUpdate } from './apply-update.js';
export { clientFilesOf } from './client-files.js';
export { configFromFlags, environmentFromFlags } from './config-from-flags.js';
export { asInvalid, checkCreateOptions, configFromRequest } from './config-from-request.js';
