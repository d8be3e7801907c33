/**
 * Root filesystems of containers over layers (overlay, vfs), the difference that a container makes, and archives of
 * either. Imports archive, contracts, fs, layers and unpack; knows no row.
 */
export type { LayerFolder } from './attributes.js';
export { diff } from './diff.js';
export { OverlaySnapshot } from './overlay.js';
export { type LayerTree, Overrides, rootOf } from './overrides.js';
export { chooseStorage } from './storage-driver.js';
export { diffChunks } from './tree-tar.js';
export { upperDiff } from './upper-diff.js';
export { copiedAt, VfsSnapshot } from './vfs.js';
