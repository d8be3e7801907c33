/**
 * Regular expressions that callers give, as in `ps --filter name=^web`. Imports contracts.
 */
export { namePattern } from './name-pattern.js';
