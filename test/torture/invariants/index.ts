/** What must be true of an engine at rest, whatever was done to it. Looks at rows, /proc, nftables and files by itself. */
export { Decoys } from './decoys.js';
export { invariantsAtRest } from './invariants.js';
export { lasting } from './lasting.js';
export { removeControlGroups, removeLeftovers } from './leftovers.js';
export { processesOfNamespace } from './processes.js';
export { type Row, readRows } from './rows.js';
export { growthSince, type Usage, usageAtRest } from './usage.js';
