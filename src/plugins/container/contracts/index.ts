/**
 * Types, tokens and constants of containers, one file a subject. Imports the kernel's contracts and, as types, other
 * plugins; no other room.
 */
export * from './api.js';
export * from './container-config.js';
export * from './container-events.js';
export * from './container.js';
export * from './exec.js';
export * from './host-config.js';
export * from './logs.js';
export * from './oci.js';
export * from './runtime.js';
export * from './stats.js';
export * from './streams.js';
