/**
 * The engine put together: global flags, the built-in plugins, third-party plugins, and the harness that tests those.
 * Imports the kernel and the plugins. Knows no socket: client and daemon import it, never the other way.
 */
export { configOf } from './config.js';
export { createEngine } from './engine.js';
export { daemonEnvironment } from './environment.js';
export { defaultAddress, isAlwaysLocal, type Settings } from './settings.js';
export { ThirdPartyPlugins } from './third-party-plugins.js';
