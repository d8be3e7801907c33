import type { PluginDefinition, ServiceClass, Values } from '../contracts/index.js';
import type { PluginRegistry } from '../registry/index.js';
import { plain } from '../text/index.js';
import type { ServiceHost } from './service-host.js';

/** The names that plugins know for some kinds of things, safe to be inserted. One that fails brings none. */
export async function completionValues(
  kinds: readonly string[],
  typed: string,
  registry: PluginRegistry,
  host: ServiceHost,
): Promise<readonly string[]> {
  const sources = kinds.flatMap((kind) =>
    registry.plugins.flatMap((plugin) => {
      const load = plugin.values && Object.hasOwn(plugin.values, kind) ? plugin.values[kind] : undefined;
      return load ? [valuesFrom(plugin, load, typed, host).catch(() => [])] : [];
    }),
  );
  return (await Promise.all(sources)).flat();
}

async function valuesFrom(
  plugin: PluginDefinition,
  load: () => Promise<ServiceClass<Values>>,
  typed: string,
  host: ServiceHost,
): Promise<readonly string[]> {
  const source = await host.make(await load(), plugin);
  return [...(await source.values(typed))].filter(isSafe);
}

/** False for a name that would break the lines of the answer, or become a flag once the shell has inserted it. */
function isSafe(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && !name.startsWith('-') && plain(name) === name;
}
