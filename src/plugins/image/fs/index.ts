/**
 * File system calls that `node:fs` lacks: paths as bytes, extended attributes, whiteouts on disk, walks that follow no
 * link, locked temporary folders. Knows no archive and no image. Imports the system plugin; no other room.
 */
export { ImpliedFolders, MAX_IMPLIED_BYTES } from './implied-folders.js';
export { LinkedPaths } from './linked-paths.js';
export { cString, fsPath, type PathBytes, printable, toPathBytes } from './path-bytes.js';
export { PLACES_OF_ROOT, type Places, PlainPlaces } from './places.js';
export {
  dataAfter,
  dieWithParent,
  enterRoot,
  holeAfter,
  isMountPoint,
  moveInto,
  openBeneath,
  setPathTime,
  setTime,
  startWriteback,
  syncFilesystem,
  type Timestamp,
  tryOverlay,
} from './syscalls.js';
export {
  claimTempFolder,
  downgradeToSharedLock,
  isInPlace,
  lock,
  makeTempFolder,
  orphanedTempFolders,
  type TempFolder,
} from './temp-folder.js';
export { namesIn, type TreeEntries, type TreeEntry, type WalkOptions, walk } from './walk-tree.js';
export {
  AUFS_PREFIX,
  ENGINE_XATTRS,
  isOpaque,
  isWhiteout,
  makeOpaque,
  makeWhiteout,
  OPAQUE_WHITEOUT,
  WHITEOUT_PREFIX,
} from './whiteouts.js';
export { portableXattrs } from './xattrs.js';
