/**
 * One tar archive: reading its headers, unpacking it, writing one. Knows no process, no image and no database. Imports
 * fs.
 */

export { ArchiveError } from './archive-error.js';
export { ByteSource } from './byte-source.js';
export { COPY_OF_ROOT, type CopyRules } from './copy-rules.js';
export { EntryHeaders, isEntryHeader } from './entry-headers.js';
export { BLOCK_SIZE, type BlockHeader, decodeHeader, isZeroBlock } from './header.js';
export { dataOf, encodeMap } from './holes.js';
export { paxInteger } from './pax.js';
export { TarReader } from './reader.js';
export type { Extent } from './sparse.js';
export { Unpacker, type UnpackRecorder } from './unpacker.js';
export { ARCHIVE_END, encodeEntry, padding, type WrittenEntry, type WrittenType } from './writer.js';
