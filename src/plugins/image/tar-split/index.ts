/**
 * Data that makes the archive of a layer again, byte for byte, from the files that were unpacked from it: written while
 * the layer is unpacked, read when it is saved or pushed. Imports archive and fs.
 */
export { type Piece, tarSplitPieces } from './tar-split-reader.js';
export { TarSplitWriter } from './tar-split-writer.js';
