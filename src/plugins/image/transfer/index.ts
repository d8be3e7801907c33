/**
 * Archives of images for `load`, `save` and `import`, and the client's files that they come from or go to. Sees images
 * through the contract `Graph` alone. Imports archive, config, contracts, fs and unpack.
 */

export { openArchive, openImportInput } from './archive-input.js';
export { toFileOrPipe } from './archive-output.js';
export { loadImages } from './load-images.js';
export { type ImageToSave, SavedImages } from './save-images.js';
