import type { OutputStream } from '../contracts/index.js';

/**
 * A container's log: records of a 16-byte header (length u32, stream u8, three zero bytes, milliseconds since 1970
 * f64; little-endian) and the bytes as they came. Exact for any output. It lies in several files, whose oldest is removed when there are too many.
 */
export const HEADER_BYTES = 16;
/** No record is longer than the largest read of a pipe. What says otherwise is damage. */
export const MAX_DATA_BYTES = 1 << 20;
/** Stands where the length of a record will be, while its data are moved. */
export const UNFINISHED_LENGTH = 0xffff_ffff;
export const STREAMS: readonly OutputStream[] = ['stdout', 'stderr'];

export interface LogRecord {
  readonly stream: OutputStream;
  readonly time: number;
  readonly data: Uint8Array;
}
