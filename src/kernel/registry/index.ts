/**
 * Which commands, services and extensions there are, by name, and who may run them.
 * Imports contracts, parsing and text. Makes no command and starts no service.
 */
export { type DescribedCommand, describeCommands } from './describe-commands.js';
export { changesAnything, demandPermission } from './permission.js';
export { bringsOfDefinition, LoadedPlugins, PluginHost, type PluginInfo, type PluginState } from './plugin-host.js';
export {
  type CommandDescription,
  type CommandEntry,
  type ExtensionEntry,
  extraProperty,
  isOwnOption,
  PluginRegistry,
  type ProviderEntry,
  type RegistrySource,
  type Target,
} from './plugin-registry.js';
