/**
 * Files of a container, running or not: where a copy goes, stat, and archives in and out. Follows no link out of the
 * container. Imports contracts, host and records.
 */

export { getArchive, putArchive, statPath } from './container-archive.js';
export {
  type CopyDestination,
  type CopySource,
  namesContents,
  resolveDestination,
  wantsFolder,
} from './destination.js';
export { OpenRoots } from './open-roots.js';
