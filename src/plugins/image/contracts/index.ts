/**
 * Types, tokens and constants of images, one file a subject, and the grammar of image names. Imports the kernel and
 * the contracts of `system`; no other room.
 */

export { type HistoryStep, type ImageSummary, Images } from './api.js';
export { digestOf, isDigest } from './digest.js';
export * from './distribution.js';
export * from './graph.js';
export * from './image.js';
export { type Descriptor, OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_LAYER_GZIP, OCI_MANIFEST } from './oci-manifest.js';
export {
  canonicalName,
  familiarName,
  familiarReference,
  parseReference,
  type Reference,
  requireTaggable,
  withDefaultTag,
} from './reference.js';
export * from './snapshots.js';
export * from './tag-store.js';
