/**
 * Which version of which plugin is in use: scan, compile, admit, swap, remember, and the operator's decisions.
 * Imports api, process, protocol, sources and types, and of the kernel contracts, registry, services and text.
 */
export { type BuiltIns, checkAdmission } from './admission.js';
export { builtInsOf, checkAllFlags } from './built-ins.js';
export { FolderWatch } from './folder-watch.js';
export { LoaderHost } from './loader-host.js';
export { PluginLoader } from './plugin-loader.js';
