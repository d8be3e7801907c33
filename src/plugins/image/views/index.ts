/**
 * Images as people and plugins see them: inspect, tree, filters, columns, completion, progress bars. Changes
 * nothing. Imports config, contracts and records.
 */

export { createdSince, isKnownTime, NO_TIME } from './created.js';
export { imageFilter, isNamed } from './image-filters.js';
export { describeImage } from './image-inspection.js';
export { summaryOf } from './image-summary.js';
export { imageTree } from './image-tree.js';
export { IMAGE_FILTERS, IMAGES_COLUMNS } from './images-table.js';
export { isGlob } from './name-glob.js';
export { ProgressBar } from './progress-bar.js';
