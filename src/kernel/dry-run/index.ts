/**
 * The rights of one call, and what it would do instead: the recorder, the rehearsal, the explanation.
 * Imports contracts, registry, streams and text. Starts no service: the recorder is handed those that run.
 */

export { type CallScope, scopeOf, setScope } from './call-scope.js';
export { confirmed } from './confirm.js';
export { Explanation } from './explanation.js';
export { Recorder } from './recorder.js';
export { runDry } from './rehearsal.js';
