/**
 * Compressed layers on disk as registries have them: partial and whole blobs, their check, compressing for a push.
 * Knows no registry. Imports no other room.
 */
export { BlobStore } from './blob-store.js';
export { type CompressedLayer, compressLayer } from './compress-layer.js';
export type { PartialBlob } from './partial-blob.js';
