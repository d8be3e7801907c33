/**
 * Log files: writing, rotation, reading, the last lines, repair, and the pump that moves output from a container's pipes
 * into them. Knows no row. Imports contracts and host.
 */

export { LinePrefix, timestamp, WholeLines } from './log-lines.js';
export { isDamaged, repairLog, repairSegment } from './log-repair.js';
export { OutputPump } from './output-pump.js';
export { logLimits, segmentsOf } from './rotation.js';
export { streamLog } from './stream-log.js';
export { TailBuffer } from './tail-buffer.js';
