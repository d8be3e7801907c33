/**
 * The exports of `gantry` for third-party plugins, but for the tokens of services.
 * Imports contracts, streams and text. Its exported names are an interface that plugins depend on: see docs/plugin-api.md.
 */
export { columnsOf } from './column.js';
export { type CommandExtension, extendsMetadata } from './extends.js';
export { filtersOf } from './filter.js';
export { eventsOf, type PluginEvent } from './on.js';
export { demandApi, GUEST_API, type Plugin } from './plugin.js';
export * as surface from './surface.js';
export { type PluginTransport, schemeOf } from './transport.js';
