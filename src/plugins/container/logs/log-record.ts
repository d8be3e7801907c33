import type { OutputStream } from '../contracts/index.js';

/**
 * The format of a container's log: records of a 16-byte header (length u32, stream u8, rest u8, two zero bytes,
 * milliseconds since 1970 f64; little-endian) and the bytes as they came. Exact for any output. It is stored in several
 * segments; the oldest is removed when there are too many. So a segment in whose beginning a stream is in the middle of a
 * line says that first, by an empty record whose rest is 1.
 */
export const HEADER_BYTES = 16;
/** No record is longer than the largest read of a pipe. A longer one is damage. */
export const MAX_DATA_BYTES = 1 << 20;
/** Stands for the length of a record while its data are being moved. */
export const UNFINISHED_LENGTH = 0xffff_ffff;
export const STREAMS: readonly OutputStream[] = ['stdout', 'stderr'];

/** Where a record is, and what a reader of lines has to know about its first byte. */
export interface RecordPlace {
  /** Offset in the log. */
  readonly position: number;
  /** Records of its stream before it are gone, and this reader has not seen them. */
  readonly isAfterGap: boolean;
  /** Then: its stream is in the middle of a line here. */
  readonly isRest: boolean;
}

export interface LogRecord extends RecordPlace {
  readonly stream: OutputStream;
  readonly time: number;
  readonly data: Uint8Array;
}

/** Receives records of a log. Resolves when it can receive more. */
export type RecordSink = (
  stream: OutputStream,
  data: Uint8Array,
  time: number,
  place: RecordPlace,
) => Promise<void> | undefined;
