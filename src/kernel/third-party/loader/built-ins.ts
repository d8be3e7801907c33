import { GantryError } from '../../contracts/index.js';
import { isOwnOption, type PluginRegistry } from '../../registry/index.js';
import { surface } from '../api/index.js';
import { type BuiltIns, checkFlags } from './admission.js';

/** The names that `gantry` exports beside tokens of services. */
export const SURFACE: readonly string[] = Object.keys(surface);

export function builtInsOf(registry: PluginRegistry, open: readonly string[]): BuiltIns {
  const { plugins } = registry;
  return {
    ids: plugins.map(({ id }) => id),
    services: plugins.flatMap(({ provides = [] }) => provides.map(({ token }) => token.label)),
    names: SURFACE,
    open,
    // `die` is `container die`, and whatever else dies.
    events: plugins.flatMap(({ events = [] }) => events.flatMap((event) => [event, event.split(' ')[1] ?? ''])),
    tables: Object.assign({}, ...plugins.map(({ tables = {} }) => tables)),
  };
}

/**
 * Checks the flags of all commands that a plugin extends or brings.
 * @throws GantryError `invalid` for a command that is not there, `conflict` for a flag that is
 */
export async function checkAllFlags(registry: PluginRegistry, id: string): Promise<void> {
  const plugin = registry.plugins.find((one) => one.id === id);
  const extended = (plugin?.extensions ?? []).map(({ command }) => command);
  const names = registry.commands.map(({ names: [own] }) => own);
  const missing = extended.find((command) => command !== '*' && !names.includes(command));
  if (missing !== undefined)
    throw new GantryError('invalid', `it extends the command '${missing}', which does not exist`);
  for (const target of registry.commands) {
    const extensions = registry.extensionsOf(target);
    if (target.plugin !== plugin && !extensions.some((one) => one.plugin === plugin)) continue;
    if (extensions.length === 0) continue;
    const { options } = await target.describe();
    checkFlags(target.names[0], [
      { owner: `plugin '${target.plugin.id}'`, options: options.filter(isOwnOption) },
      ...extensions.map(({ plugin, extension }) => ({ owner: `plugin '${plugin.id}'`, options: extension.options })),
    ]);
  }
}
