/**
 * Root filesystems of containers over layers (overlay, vfs), the difference that a container makes, and archives of
 * either. Imports archive, contracts, fs, layers and unpack; knows no row.
 */
export type { LayerFolder } from './attributes.js';
export { diff } from './diff.js';
export type { LayerTree } from './layer-paths.js';
export { OverlaySnapshot } from './overlay.js';
export { Overrides, rootOf, unlessAbsurd } from './overrides.js';
export { chooseStorage } from './storage-driver.js';
export { diffChunks } from './tree-tar.js';
export { upperDiff } from './upper-diff.js';
export { isCopy, VfsSnapshot } from './vfs.js';
