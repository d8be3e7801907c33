/**
 * Rows of images: tags, digests at registries, holders, removed images, and lookups over them. The only room with SQL.
 * Imports config and contracts.
 */

export { BlobSweeper } from './blob-sweeper.js';
export { findImage } from './find-image.js';
export { historySteps, type Step } from './history-steps.js';
export { SqlImageRecords } from './image-records.js';
export { ImageRecords } from './image-records-token.js';
export { SCHEMA_OWNER, SCHEMA_STEPS } from './image-schema.js';
export { matchingName, matchingTag } from './matching-tag.js';
export { HAS_CHILDREN, refuseWhileNeeded, removalConflict, usedByContainer } from './removal-conflicts.js';
export { RemovedImageRecords } from './removed-images.js';
export { SqlTagStore } from './tag-store.js';
export { layerBytes, prunableImages, type UnusedImage, unusedImages } from './unused-images.js';
