/**
 * Plugin files on disk: which there are, whether they can be trusted, whether they changed, and their compilation.
 * Imports api and contracts. Runs nothing of what it compiles.
 */
export { compile, explained, gantryModule, missingMember, OPTIONS, ownFile } from './compile.js';
export { fingerprintOf, fingerprintsOf, fingerprintsWith } from './file-fingerprints.js';
export { PluginFolders } from './plugin-folders.js';
export { demandTrusted } from './trusted-files.js';
