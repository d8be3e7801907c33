import type { Config } from './plugins/system/index.js';
import type { Settings } from './settings.js';

/** What the plugins may know of how this process was started. */
export function configOf(settings: Settings): Config {
  return {
    root: settings.root,
    runDir: settings.runDir,
    bridge: process.env['GANTRY_BRIDGE'] || 'gantry0',
    subnet: process.env['GANTRY_SUBNET'] || undefined,
    pluginDirs: settings.pluginDirs,
    daemon: settings.daemon,
    debug: settings.debug,
  };
}
