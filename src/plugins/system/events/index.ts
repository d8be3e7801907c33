/**
 * Events: the log, durable subscriptions, and moments as `--since` takes them. Imports `contracts` and `database`.
 */
export { parseTimeFlag } from './time-flag.js';
