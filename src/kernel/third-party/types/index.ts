/**
 * TypeScript declarations for authors of plugins, and the check that a plugin imports only what there is.
 * Imports contracts and protocol. Reads the text of declarations, and never runs a plugin.
 */
export { MemberCheck } from './member-check.js';
