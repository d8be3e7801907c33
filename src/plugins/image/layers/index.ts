/**
 * Layers on disk: staging them while they are unpacked, committing them, their sizes, the engine's init layer, and
 * their archives made again. Folders change inside of write transactions of the caller. Imports contracts, fs,
 * records, tar-split and unpack.
 */

export { checkInitLayer, isOfEngine } from './init-layer.js';
export { layerArchive, layerArchiveSize } from './layer-archive.js';
export { LayerStage, type StageOptions } from './layer-stage.js';
export { LayerStore } from './layer-store.js';
