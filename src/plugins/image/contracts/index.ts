/**
 * Types, tokens and constants of images, one file a subject. They may import the kernel's contracts; nothing of this plugin.
 */
export * from './distribution.js';
export * from './graph.js';
export * from './image.js';
export * from './snapshots.js';
export * from './tag-store.js';
