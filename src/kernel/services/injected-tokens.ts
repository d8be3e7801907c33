import { injectionsOf, type PluginDefinition, type Token } from '../contracts/index.js';
import type { PluginRegistry } from '../registry/index.js';

type AnyClass = new (...services: never[]) => unknown;

/**
 * The tokens that a class of a plugin asks for.
 * @throws Error where a parameter has no token, or the plugin neither provides nor requires one
 */
export function injectedTokens(
  asking: AnyClass,
  plugin: PluginDefinition,
  registry: PluginRegistry,
): readonly Token<unknown>[] {
  const needs = constructorTokens(asking);
  for (let parameter = 0; parameter < Math.max(asking.length, needs.length); parameter++) {
    const token = needs[parameter];
    if (!token) {
      throw new Error(`parameter ${parameter + 1} of the constructor of ${asking.name} (${plugin.id}) has no token`);
    }
    if (!mayAsk(plugin, token, registry)) {
      throw new Error(
        `${asking.name} asks for '${token.label}', which plugin '${plugin.id}' does not list in requires`,
      );
    }
  }
  return needs;
}

/** A class without a constructor of its own has its parent's. */
function constructorTokens(asking: AnyClass): readonly Token<unknown>[] {
  const own = injectionsOf(asking);
  const parent: unknown = Object.getPrototypeOf(asking);
  const inherits = own.length === 0 && asking.length === 0 && parent !== Function.prototype;
  return inherits && typeof parent === 'function' ? constructorTokens(parent as AnyClass) : own;
}

function mayAsk(plugin: PluginDefinition, token: Token<unknown>, registry: PluginRegistry): boolean {
  if (registry.isGiven(token) || registry.providerOf(token)?.plugin === plugin) return true;
  return plugin.requires?.some((required) => required.symbol === token.symbol) ?? false;
}
