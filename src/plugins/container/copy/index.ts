/**
 * Files of a container, running or not: where a copy goes, stat, and archives in and out. Follows no link out of the
 * container. Imports host and records.
 */

export { type ContainerRoot, getArchive, putArchive, statPath } from './container-archive.js';
export { containerRootOf } from './container-root.js';
export { type CopyDestination, type CopySource, namesContents, resolveDestination } from './destination.js';
