/**
 * Log files: writing, rotation, reading, repair, and the pump that moves output from a container's pipes into them.
 * Knows no row. Imports contracts and host.
 */

export { LogReader } from './log-reader.js';
export { HEADER_BYTES, type LogRecord, type RecordPlace, type RecordSink, STREAMS } from './log-record.js';
export { isDamaged, repairLog, repairSegment } from './log-repair.js';
export { OutputPump } from './output-pump.js';
export { logLimits, segmentsOf } from './rotation.js';
export { TailBuffer } from './tail-buffer.js';
