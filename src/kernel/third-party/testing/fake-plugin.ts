import 'reflect-metadata';
import {
  COMMAND_KEY,
  type CommandClass,
  type CommandContext,
  type CommandHandler,
  commandMetadata,
  OPTIONS_KEY,
  type OptionValues,
  optionsOf,
  type PluginDefinition,
  type Provider,
} from '../../contracts/index.js';

/** A command of the engine, as it was or would have been called. */
export interface RanCommand {
  /** Its own name. */
  readonly command: string;
  readonly args: readonly string[];
  /** With what plugins have changed, by property: `privileged`, `label`. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A built-in plugin without its engine: its commands only record that they were called, its open services are fakes. */
export function fakePlugin(plugin: PluginDefinition, note: (ran: RanCommand) => void): PluginDefinition {
  const commands = Object.entries(plugin.commands ?? {}).map(([names, load]) => [
    names,
    async () => fakeCommand(await load(), note),
  ]);
  const { id, api, events = [], tables = {}, groups = {} } = plugin;
  return {
    ...{ id, api, events, tables, groups },
    provides: (plugin.provides ?? []).flatMap((provider) => doubleOf(provider) ?? []),
    commands: Object.fromEntries(commands) as NonNullable<PluginDefinition['commands']>,
  };
}

function doubleOf({ token, double, effects, open }: Provider): Provider | undefined {
  return open && double && effects ? { token, load: double, effects, open } : undefined;
}

/** Made without services: constructors do nothing, and properties hold the options' defaults. */
function fakeCommand(real: CommandClass, note: (ran: RanCommand) => void): CommandClass {
  const metadata = commandMetadata(real);
  const options = optionsOf(real);
  if (!metadata) throw new Error(`'${real.name}' is no command`);
  class StandIn implements CommandHandler {
    constructor() {
      const { ...defaults } = new (real as new () => object)();
      for (const { property } of options) Reflect.set(this, property, Reflect.get(defaults, property));
    }

    async run({ args }: CommandContext): Promise<void> {
      note({ command: metadata?.name ?? '', args, options: { ...this } as OptionValues });
    }
  }
  Reflect.defineMetadata(COMMAND_KEY, metadata, StandIn);
  Reflect.defineMetadata(OPTIONS_KEY, options, StandIn);
  return StandIn;
}
