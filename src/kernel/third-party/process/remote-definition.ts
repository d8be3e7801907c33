import 'reflect-metadata';
import {
  COMMAND_KEY,
  type CommandClass,
  type CommandContext,
  type ExtendedCall,
  type ExtensionDefinition,
  type Next,
  OPTIONS_KEY,
  type OptionValues,
  type PluginDefinition,
} from '../../contracts/index.js';
import { type CallScope, scopeOf } from '../../dry-run/index.js';
import type { Manifest, ManifestCommand, ManifestExtension } from '../protocol/index.js';

/** How the commands and extensions of a third-party plugin are reached. */
export interface PluginCode {
  run(command: string, options: OptionValues, context: CommandContext, scope: CallScope): Promise<number>;
  around(extension: string, own: OptionValues, call: ExtendedCall, next: Next, scope: CallScope): Promise<number>;
}

/** A third-party plugin in the form of a built-in one: its classes call code that runs in the plugin's process. */
export function remoteDefinition(manifest: Manifest, code: PluginCode): PluginDefinition {
  const commands = manifest.commands.map((command) => [
    command.metadata.name,
    async () => remoteCommand(command, code),
  ]);
  return {
    id: manifest.id,
    api: 1,
    commands: Object.fromEntries(commands) as Record<string, () => Promise<CommandClass>>,
    extensions: manifest.extensions.map((extension) => remoteExtension(extension, code)),
    replaces: manifest.replaces,
  };
}

function remoteCommand({ metadata, options }: ManifestCommand, code: PluginCode): CommandClass {
  class RemoteCommand {
    run(context: CommandContext): Promise<number> {
      return code.run(metadata.name, { ...this } as OptionValues, context, scopeOf(context));
    }
  }
  Reflect.defineMetadata(COMMAND_KEY, metadata, RemoteCommand);
  Reflect.defineMetadata(OPTIONS_KEY, options, RemoteCommand);
  return RemoteCommand;
}

function remoteExtension({ around, ...extension }: ManifestExtension, code: PluginCode): ExtensionDefinition {
  if (!around) return extension;
  return {
    ...extension,
    around: (own, call, next) => code.around(extension.name, own, call, next, scopeOf(call)),
  };
}
