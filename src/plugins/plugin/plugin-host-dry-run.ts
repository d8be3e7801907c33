import { type Effects, GantryError, type PluginHost } from '../../kernel/index.js';

/** Effects of what operators do with plugins, and their dry runs. */
export const PLUGIN_HOST_EFFECTS: Effects<PluginHost> = {
  list: 'read',
  builtIn: 'read',
  get: 'read',
  types: 'read',
  add: {
    effect: 'exec',
    plan: async (_plugins, name, content, { replace }) => {
      content.destroy();
      return { says: `${replace ? 'put' : 'add'} the plugin ${name} into the folder, if it loads` };
    },
  },
  remove: {
    effect: 'destroy',
    plan: async (plugins, id) => ({ says: `remove ${await fileOf(plugins, id)}`, result: undefined }),
  },
  enable: {
    effect: 'exec',
    plan: async (plugins, id) => ({ says: `use ${await fileOf(plugins, id)}`, result: undefined }),
  },
  disable: {
    effect: 'write',
    plan: async (plugins, id) => ({ says: `leave ${await fileOf(plugins, id)} unused`, result: undefined }),
  },
  approve: {
    effect: 'exec',
    plan: async (plugins, id) => {
      const plugin = await plugins.get(id);
      const rights = plugin.wanted.length > 0 ? plugin.wanted.join(', ') : 'nothing beyond its commands';
      return { says: `let plugin '${id}' do ${rights}`, result: plugin };
    },
  },
};

/** @throws GantryError `not found`; `conflict` for what is built in */
async function fileOf(plugins: PluginHost, id: string): Promise<string> {
  const { source } = await plugins.get(id);
  if (source) return `plugin '${id}' (${source})`;
  throw new GantryError('conflict', `plugin '${id}' is built in`);
}
