/**
 * Files and folders of the host: what is there, how large it is, the engine's own folders and its trash. Imports Node alone.
 */
export { removeTree } from './deep-paths.js';
export { isDiskNearlyFull } from './disk-space.js';
export { folderSize } from './folder-size.js';
export { ifThere, isExecutable, namesIn, textOf } from './if-there.js';
export { ensureStateFolder, kindAt } from './state-folder.js';
export { Trash } from './trash.js';
export { keepWorkingFolder } from './working-folder.js';
