/**
 * An engine in memory for `docker plugin test`: fake commands and services, a client that keeps what it is given.
 * Imports most rooms of the kernel. No room of the engine's own calls imports it.
 */
export { compileTest } from './compile-test.js';
export type { RanCommand } from './fake-plugin.js';
export type { Answer } from './memory-client.js';
