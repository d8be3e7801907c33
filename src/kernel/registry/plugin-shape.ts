import { GantryError, type PluginDefinition, type Token } from '../contracts/index.js';

const PLUGIN_API = 1;

const WORD = /^[a-z][a-z0-9-]*$/;
/** Words that the kernel itself answers to. */
const RESERVED = new Set(['help']);
const MOST_WORDS = 2;

/** Refuses plugins that are wrong by themselves, before anything of them is used. */
export function checkShape(plugins: readonly PluginDefinition[]): void {
  const ids = new Set<string>();
  for (const plugin of plugins) {
    const { id } = plugin;
    const api: number = plugin.api;
    if (typeof id !== 'string' || !WORD.test(id)) {
      throw new GantryError('invalid', `a plugin has the illegal id ${JSON.stringify(id)}`);
    }
    if (ids.has(id)) throw new GantryError('conflict', `two plugins have the id '${id}'`);
    ids.add(id);
    if (api !== PLUGIN_API) {
      const message = `plugin '${id}' is written for plugin interface ${api}, and this engine has ${PLUGIN_API}`;
      throw new GantryError('invalid', message);
    }
    for (const names of Object.keys(plugin.commands ?? {})) checkNames(id, names);
  }
}

function checkNames(plugin: string, names: string): void {
  for (const name of names.split('|')) {
    const words = name.split(' ');
    if (words.length > MOST_WORDS || !words.every((word) => WORD.test(word))) {
      throw new GantryError('invalid', `plugin '${plugin}' brings a command with the illegal name '${name}'`);
    }
    if (RESERVED.has(words[0] ?? '')) {
      throw new GantryError('conflict', `the command '${name}' of plugin '${plugin}' is one of the engine itself`);
    }
  }
}

export function checkRequirements(
  plugins: readonly PluginDefinition[],
  isProvided: (token: Token<unknown>) => boolean,
): void {
  for (const { id, requires } of plugins) {
    const missing = requires?.find((token) => !isProvided(token));
    if (missing) {
      throw new GantryError('unavailable', `plugin '${id}' requires '${missing.label}', which no plugin provides`);
    }
  }
}
