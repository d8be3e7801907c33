import {
  type CommandClass,
  type CommandMetadata,
  commandMetadata,
  type ExtensionDefinition,
  GantryError,
  type OptionMetadata,
  optionsOf,
  type PluginDefinition,
  type Provider,
  type Token,
} from '../contracts/index.js';
import { parseArgv, suggestionLines, withUsage } from '../parsing/index.js';
import { didYouMean } from '../text/index.js';
import { adviceFor } from './commands-elsewhere.js';
import { checkRequirements, checkShape } from './plugin-shape.js';

/** A command as a plugin lists it: known by name, not yet imported. */
export interface CommandEntry {
  /** Its own name first. */
  readonly names: readonly [string, ...string[]];
  readonly plugin: PluginDefinition;
  /** Imports it. @throws what its module throws; Error if it is no command, or another than the inventory says */
  load(): Promise<CommandClass>;
  /** Its metadata and options, those included that plugins add. @throws as `load` does */
  describe(): Promise<CommandDescription>;
}

export interface CommandDescription {
  readonly metadata: CommandMetadata;
  readonly options: readonly OptionMetadata[];
}

/** The registry as it is now: third-party plugins come and go. */
export interface RegistrySource {
  readonly current: PluginRegistry;
}

/** An extension of a command, and the plugin that adds it. */
export interface ExtensionEntry {
  readonly extension: ExtensionDefinition;
  readonly plugin: PluginDefinition;
}

export interface ProviderEntry {
  readonly provider: Provider;
  readonly plugin: PluginDefinition;
}

/** The command, group or page of help that a command line names. */
export type Target =
  | { readonly kind: 'command'; readonly entry: CommandEntry; readonly name: string; readonly argv: readonly string[] }
  /** A management word alone: `docker volume`. */
  | { readonly kind: 'group'; readonly group: string }
  /** The whole of it: nothing, `--help`. */
  | { readonly kind: 'top' };

/** Everything that plugins contribute, by name. Nothing is imported to know it. */
export class PluginRegistry {
  readonly #commands = new Map<string, CommandEntry>();
  readonly #providers = new Map<symbol, ProviderEntry>();
  readonly #given: ReadonlySet<symbol>;
  readonly #groups = new Set<string>();
  readonly #extensions: readonly ExtensionEntry[];

  /**
   * @param given tokens whose values the process itself brings (`ServiceHost.value`)
   * @throws GantryError `conflict` naming both sides where two claim one name, `invalid` for what is wrong by itself
   */
  constructor(
    readonly plugins: readonly PluginDefinition[],
    private readonly given: readonly Token<unknown>[] = [],
  ) {
    this.#given = new Set(given.map((token) => token.symbol));
    checkShape(plugins);
    for (const plugin of plugins) {
      for (const provider of plugin.provides ?? []) this.#addProvider(plugin, provider);
      for (const [names, load] of Object.entries(plugin.commands ?? {})) this.#addCommand(plugin, names, load);
    }
    this.#extensions = plugins.flatMap((plugin) =>
      (plugin.extensions ?? []).map((extension) => ({ extension, plugin })),
    );
    checkRequirements(plugins, (token) => this.#given.has(token.symbol) || this.#providers.has(token.symbol));
  }

  /** A registry with further plugins. @throws as the constructor does */
  with(plugins: readonly PluginDefinition[]): PluginRegistry {
    return new PluginRegistry([...this.plugins, ...plugins], this.given);
  }

  /** Itself: what holds a registry that changes has a member of this name, too. */
  get current(): PluginRegistry {
    return this;
  }

  /** Every command once, in the order of the inventory. */
  get commands(): readonly CommandEntry[] {
    return [...new Set(this.#commands.values())];
  }

  /** The first words of two-word names: `container`, `volume`. */
  get groups(): readonly string[] {
    return [...this.#groups];
  }

  /** The commands of a group, by their second word. */
  commandsOf(group: string): ReadonlyMap<string, CommandEntry> {
    const start = `${group} `;
    const members = [...this.#commands].filter(([name]) => name.startsWith(start));
    return new Map(members.map(([name, entry]) => [name.slice(start.length), entry]));
  }

  /** The extensions of a command, in the order of the plugins. */
  extensionsOf(entry: CommandEntry): readonly ExtensionEntry[] {
    const [own] = entry.names;
    return this.#extensions.filter(({ extension: { command } }) => command === '*' || command === own);
  }

  /** Whether a command's name, or a group's, begins with this word. */
  knows(word: string): boolean {
    return this.#called([word]) !== undefined || this.#groups.has(word);
  }

  providerOf(token: Token<unknown>): ProviderEntry | undefined {
    return this.#providers.get(token.symbol);
  }

  isGiven(token: Token<unknown>): boolean {
    return this.#given.has(token.symbol);
  }

  /**
   * Finds the command with the longest name that a command line starts with. The first word may be in capitals.
   * @throws GantryError `usage` for an unknown command, or a flag before the command
   */
  resolve(argv: readonly string[]): Target {
    const words = argv.map((word, index) => (index === 0 ? word.toLowerCase() : word));
    const found = this.#called(words.slice(0, 2)) ?? this.#called(words.slice(0, 1));
    if (found) return { kind: 'command', ...found, argv: argv.slice(found.name.split(' ').length) };
    const [group] = words;
    return group !== undefined && this.#groups.has(group) ? this.#inGroup(group, argv.slice(1)) : this.#atTop(argv);
  }

  #called(words: readonly string[]): { readonly name: string; readonly entry: CommandEntry } | undefined {
    const name = words.join(' ');
    const entry = words.some((word) => word.includes(' ')) ? undefined : this.#commands.get(name);
    return entry && { name, entry };
  }

  #inGroup(group: string, argv: readonly string[]): Target {
    const word = firstWord(argv, `docker ${group}`, 'COMMAND');
    if (word === undefined) return { kind: 'group', group };
    const near = didYouMean(word, [...this.commandsOf(group).keys()]).map((name) => `docker ${group} ${name}`);
    throw withUsage(unknownCommand(`${group} ${word}`, near), { command: `docker ${group}`, usage: 'COMMAND' });
  }

  #atTop(argv: readonly string[]): Target {
    const word = firstWord(argv, 'docker', '[OPTIONS] COMMAND');
    if (word === undefined) return { kind: 'top' };
    const names = [...this.#commands.keys()].filter((name) => !name.includes(' '));
    const near = didYouMean(word, [...new Set([...names, ...this.#groups, 'help'])]).map((name) => `docker ${name}`);
    throw withUsage(unknownCommand(word, near), { command: 'docker' });
  }

  #addProvider(plugin: PluginDefinition, provider: Provider): void {
    const { label, symbol } = provider.token;
    const owner = this.#providers.get(symbol)?.plugin.id;
    if (owner !== undefined) throw claimedTwice(`service '${label}'`, owner, plugin.id);
    if (this.#given.has(symbol)) {
      throw new GantryError('conflict', `plugin '${plugin.id}' provides '${label}', which the engine itself brings`);
    }
    this.#providers.set(symbol, { provider, plugin });
  }

  #addCommand(plugin: PluginDefinition, key: string, load: () => Promise<CommandClass>): void {
    const [own = '', ...others] = key.split('|');
    const entry: CommandEntry = {
      names: [own, ...others],
      plugin,
      load: async () => (await loadCommand(plugin.id, own, load)).commandClass,
      describe: async () => {
        const { metadata, options } = await loadCommand(plugin.id, own, load);
        return { metadata, options: [...options, ...this.extensionsOf(entry).flatMap(extraOptions)] };
      },
    };
    for (const name of entry.names) {
      const owner = this.#commands.get(name)?.plugin.id;
      if (owner !== undefined && !plugin.replaces?.includes(name)) {
        throw claimedTwice(`command '${name}'`, owner, plugin.id);
      }
      this.#commands.set(name, entry);
      const [group, member] = name.split(' ');
      if (group !== undefined && member !== undefined) this.#groups.add(group);
    }
  }
}

/** An extension's options among the command's own: under names that no property of a command has. */
function extraOptions(entry: ExtensionEntry): readonly OptionMetadata[] {
  return entry.extension.options.map((option) => ({ ...option, property: extraProperty(entry, option.property) }));
}

/** Whether an option is the command's own, and no plugin's. */
export function isOwnOption({ property }: OptionMetadata): boolean {
  return !property.includes(' ');
}

export function extraProperty({ plugin, extension }: ExtensionEntry, property: string): string {
  return `${plugin.id} ${extension.name} ${property}`;
}

interface LoadedCommand extends CommandDescription {
  readonly commandClass: CommandClass;
}

async function loadCommand(plugin: string, own: string, load: () => Promise<CommandClass>): Promise<LoadedCommand> {
  const commandClass = await load();
  const metadata = typeof commandClass === 'function' ? commandMetadata(commandClass) : undefined;
  if (!metadata) throw new Error(`what plugin '${plugin}' lists as command '${own}' is no class with @Command`);
  if (metadata.name !== own) {
    throw new Error(`plugin '${plugin}' lists the command '${own}', whose class says '${metadata.name}'`);
  }
  return { commandClass, metadata, options: optionsOf(commandClass) };
}

/** The first positional word; undefined where help is asked for, or there is none. */
function firstWord(argv: readonly string[], command: string, usage: string): string | undefined {
  try {
    const { help, dryRun, explain, positionals } = parseArgv(argv, { stopsAtFirst: true }, []);
    if ((dryRun || explain) && !help) {
      throw new GantryError('usage', `--${dryRun ? 'dry-run' : 'explain'} stands after the command that it is about`);
    }
    return help ? undefined : positionals[0];
  } catch (error) {
    throw error instanceof GantryError ? withUsage(error, { command, usage }) : error;
  }
}

/** @param command without `docker` */
function unknownCommand(command: string, near: readonly string[]): GantryError {
  const hint = adviceFor(command) ?? suggestionLines(near);
  return new GantryError('usage', `docker: unknown command: docker ${command}`, hint === undefined ? {} : { hint });
}

function claimedTwice(what: string, owner: string, other: string): GantryError {
  const claim = owner === other ? `twice by plugin '${owner}'` : `by the plugins '${owner}' and '${other}'`;
  return new GantryError('conflict', `the ${what} is claimed ${claim}`);
}
