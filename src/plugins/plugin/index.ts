import { definePlugin, LoadedPlugins, PluginHost, provide } from '../../kernel/index.js';
import { Config } from '../system/index.js';
import { PluginWorkbench } from './contracts.js';

export * from './contracts.js';

/** Third-party plugins, as their operator sees them. */
export const plugin = definePlugin({
  id: 'plugin',
  api: 1,
  requires: [Config, LoadedPlugins],
  provides: [
    provide(PluginHost, async () => (await import('./engine-plugin-host.js')).EnginePluginHost, {
      effects: async () => (await import('./plugin-host-dry-run.js')).PLUGIN_HOST_EFFECTS,
    }),
    provide(PluginWorkbench, async () => (await import('./workbench.js')).LocalWorkbench, {
      effects: async () => (await import('./workbench-dry-run.js')).WORKBENCH_EFFECTS,
    }),
  ],
  checks: { plugins: async () => (await import('./plugin-check.js')).PluginCheck },
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
    'plugin new': async () => (await import('./commands/new.js')).PluginNew,
    'plugin test': async () => (await import('./commands/test.js')).PluginTest,
    'plugin types': async () => (await import('./commands/types.js')).PluginTypes,
  },
});
