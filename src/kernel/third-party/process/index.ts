/**
 * One version of a plugin and the process that runs it: limits, deadlines, calls both ways, the services it may use.
 * Imports protocol, and of the kernel contracts, dry-run, parsing, registry and services. Knows no folder and no other version.
 */
export { checkManifest } from './check-manifest.js';
export type { ProcessExit } from './guest-process.js';
export { PluginVersion, type VersionHost } from './plugin-version.js';
export { type PluginCode, remoteDefinition } from './remote-definition.js';
export { type OfferedByPlugin, ServiceRouter } from './service-router.js';
