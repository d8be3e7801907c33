/**
 * The engine's own log as lines. Imports `contracts`; the caller chooses where the lines go.
 */
export { LineLog } from './line-log.js';
