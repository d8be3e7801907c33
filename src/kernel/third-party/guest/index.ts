/**
 * The code inside a plugin's process: it loads the plugin, describes it, and answers the engine's calls.
 * Imports api, contracts and protocol. `plugin-main.ts` is the program; the engine imports no more than this index.
 */
export { provideGantry, registerModule } from './gantry-module.js';
export { PluginInstance } from './plugin-instance.js';
