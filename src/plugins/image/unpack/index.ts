/**
 * Decompresses archives and unpacks them in a child process that a hostile archive can break without harm to the
 * engine. `unpack-worker.ts` is that process's program: no file imports it, `worker.ts` starts it from its own folder;
 * so does `zstd.ts` with `zstd-worker.ts`.
 * Imports archive, fs and tar-split.
 */

export { ChunkReader } from './chunk-reader.js';
export { compressionOf, decompression, peek } from './decompress.js';
export { type UnpackResult, unpack, unpackForUser, unpackInto } from './unpack.js';
export { WorkerPool } from './worker-pool.js';
