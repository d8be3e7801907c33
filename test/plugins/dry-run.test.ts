import test from 'ava';
import { Extensions } from '../../src/kernel/contracts/table-extensions.js';
import { commandMetadata, LoadedPlugins, PluginChecks } from '../../src/kernel/index.js';
import { PluginRegistry } from '../../src/kernel/registry/plugin-registry.js';
import { injectedTokens } from '../../src/kernel/services/injected-tokens.js';
import { builtinPlugins } from '../../src/plugins/index.js';
import { Config, Log, RestrictedListeners } from '../../src/plugins/system/index.js';

/** Values that commands may have as they are, dry run or not: they change nothing. */
const HARMLESS = [Config, Extensions, Log];
const registry = new PluginRegistry(builtinPlugins, [...HARMLESS, RestrictedListeners, LoadedPlugins, PluginChecks]);

for (const entry of registry.commands) {
  const [name] = entry.names;
  test(`docker ${name} can be run dry: what its services do is known`, async (t) => {
    const commandClass = await entry.load();
    for (const token of injectedTokens(commandClass, entry.plugin, registry)) {
      const isKnown = HARMLESS.some(({ symbol }) => symbol === token.symbol);
      t.true(isKnown || registry.providerOf(token)?.provider.effects !== undefined, token.label);
    }
    t.true((commandMetadata(commandClass)?.effects.length ?? 0) > 0);
  });
}
