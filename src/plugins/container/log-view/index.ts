/**
 * What `logs` shows of a log: its last lines, a range of time, lines as a whole. Imports contracts and logs.
 */

export { logDetails } from './log-details.js';
export { LinePrefix, timestamp } from './log-lines.js';
export { streamLog } from './stream-log.js';
