/**
 * The mounts that flags ask for: text in, checked data or an error in Docker's words out; and those of other containers.
 * Imports contracts and parsers.
 */

export { mergeMounts } from './all-mounts.js';
export { noVolumeDriver, type ParsedMount, parseMountFlag } from './mount-flag.js';
export { parseTmpfsFlag } from './tmpfs-flag.js';
export { parseVolumeFlag } from './volume-flag.js';
export { parseVolumesFrom, withVolumesFrom } from './volumes-from.js';
