/**
 * One call from its argv to its exit code: resolve, parse, permit, extensions around it, run; and completion.
 * Imports every other room of the kernel but third-party. Knows no socket: a caller is a `Client`.
 */
export { callAround } from './around-call.js';
export { LocalCall } from './local-call.js';
