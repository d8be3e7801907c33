/** The mounts that flags ask for: text in, checked data or an error in Docker's words out. Imports contracts. */

export { type ParsedMount, parseMountFlag } from './mount-flag.js';
export { parseTmpfsFlag } from './tmpfs-flag.js';
export { parseVolumeFlag } from './volume-flag.js';
