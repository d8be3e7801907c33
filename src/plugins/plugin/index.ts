import { definePlugin, PluginHost } from '../../kernel/index.js';

/** Third-party plugins, as their operator sees them. */
export const plugin = definePlugin({
  id: 'plugin',
  api: 1,
  requires: [PluginHost],
  values: {
    plugin: async () => (await import('./plugin-names.js')).PluginNames,
  },
  groups: { plugin: 'Manage plugins' },
  commands: {
    'plugin ls|plugin list': async () => (await import('./commands/ls.js')).PluginLs,
    'plugin inspect': async () => (await import('./commands/inspect.js')).PluginInspect,
    'plugin add|plugin install': async () => (await import('./commands/add.js')).PluginAdd,
    'plugin rm|plugin remove': async () => (await import('./commands/rm.js')).PluginRm,
    'plugin enable': async () => (await import('./commands/enable.js')).PluginEnable,
    'plugin disable': async () => (await import('./commands/disable.js')).PluginDisable,
    'plugin approve': async () => (await import('./commands/approve.js')).PluginApprove,
  },
});
