import type { OutputStream } from '../contracts/index.js';

/**
 * The format of a container's log: records of a 16-byte header (length u32, stream u8, three zero bytes, milliseconds
 * since 1970 f64; little-endian) and the bytes as they came. Exact for any output. It is stored in several segments;
 * the oldest is removed when there are too many.
 */
export const HEADER_BYTES = 16;
/** No record is longer than the largest read of a pipe. A longer one is damage. */
export const MAX_DATA_BYTES = 1 << 20;
/** Stands for the length of a record while its data are being moved. */
export const UNFINISHED_LENGTH = 0xffff_ffff;
export const STREAMS: readonly OutputStream[] = ['stdout', 'stderr'];

export interface LogRecord {
  readonly stream: OutputStream;
  readonly time: number;
  readonly data: Uint8Array;
}
