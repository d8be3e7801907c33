import type { CommandMetadata, Completion, OptionMetadata, OptionType } from '../../kernel/contracts/index.js';
import { canonicalFlag, parseArgv } from '../../kernel/parsing/index.js';
import { BUILT_IN_COMMANDS, type BuiltInCommand, type FlagUse } from './built-in-commands.js';
import { serverOfAddress, serverOfImage } from './login-server.js';

/** Parts of the user's side that a daemon may have for one command line. Paths are as the command line has them. */
export interface Offer {
  readonly files: {
    readonly read: readonly string[];
    /** Those to read in which a line of a name alone gets the value of that variable. */
    readonly variables: readonly string[];
    readonly save: readonly string[];
  };
  readonly trees: {
    readonly read: readonly string[];
    readonly write: readonly string[];
    readonly create: readonly string[];
  };
  /** Names of variables, beside those that each call sends. */
  readonly variables: readonly string[];
  readonly logins: { readonly do: readonly string[]; readonly server: string };
}

/** The commands and flags that plugins bring on this host. */
export interface PluginCommands {
  readonly commands: readonly PluginCommand[];
  readonly extensions: readonly { readonly command: string; readonly options: readonly OptionMetadata[] }[];
}

/** Loads them. */
export type PluginsHere = () => Promise<PluginCommands>;

interface PluginCommand {
  readonly metadata: CommandMetadata;
  readonly options: readonly OptionMetadata[];
}

interface Value {
  readonly option: OptionMetadata;
  readonly value: string;
}

const NO_PLUGINS: PluginsHere = async () => ({ commands: [], extensions: [] });

const NOTHING: Offer = {
  files: { read: [], variables: [], save: [] },
  trees: { read: [], write: [], create: [] },
  variables: [],
  logins: { do: [], server: '' },
};

/**
 * Reads the command line as the engine does. One that the client cannot read, for a flag or a command that neither the
 * engine nor a plugin of this host has, offers nothing.
 * @param plugins is asked only where the table does not know a word
 */
export async function offerOf(argv: readonly string[], plugins: PluginsHere = NO_PLUGINS): Promise<Offer> {
  const found = builtIn(argv);
  if (!found) return offerOfPlugin(argv, await plugins());
  const { own, command, rest } = found;
  const options = optionsOf(command);
  const known = offerOfBuiltIn(command, rest, options);
  if (known) return known;
  const { extensions } = await plugins();
  const added = extensions.filter((one) => one.command === own || one.command === '*').flatMap((one) => one.options);
  return offerOfBuiltIn(command, rest, [...options, ...added]) ?? NOTHING;
}

function builtIn(argv: readonly string[]) {
  for (const length of [2, 1]) {
    const name = nameIn(argv, length);
    const entry = Object.entries(BUILT_IN_COMMANDS).find(([names]) => names.split('|').includes(name));
    if (entry) return { own: entry[0].split('|')[0], command: entry[1], rest: argv.slice(length) };
  }
  return undefined;
}

/** The first words as a command's name: the first may be in capitals. */
function nameIn(argv: readonly string[], length: number): string {
  return argv
    .slice(0, length)
    .map((word, index) => (index === 0 ? word.toLowerCase() : word))
    .join(' ');
}

function optionsOf({ switches = [], values = [], uses = {} }: BuiltInCommand): readonly OptionMetadata[] {
  const declared = (type: OptionType) => (flags: string) => ({ property: flags, flags, description: '', type });
  return [...switches.map(declared('boolean')), ...[...values, ...Object.keys(uses)].map(declared('list'))];
}

function offerOfBuiltIn(
  command: BuiltInCommand,
  words: readonly string[],
  options: readonly OptionMetadata[],
): Offer | undefined {
  const line = parsed(words, command, options);
  if (!line) return undefined;
  const [first = '', second = ''] = line.positionals;
  const used = (use: FlagUse): string[] =>
    line.values.flatMap(({ option: { flags }, value }) => (command.uses?.[flags] === use ? [value] : []));
  return {
    files: {
      read: [
        ...[...used('read'), ...used('variables'), ...used('profile').flatMap(profileOf)],
        ...(command.arguments === 'read' ? [first] : []),
      ],
      variables: used('variables'),
      save: used('save'),
    },
    trees: {
      read: command.arguments === 'copy' ? [first].filter(isLocal) : [],
      write: command.arguments === 'copy' ? [second].filter(isLocal) : [],
      create: used('create'),
    },
    variables: used('variable'),
    logins: {
      do: command.logins ?? [],
      server: command.loginOf === 'registry' ? serverOfAddress(first) : serverOfImage(first),
    },
  };
}

/** Not a stream, and not a path in a container: what begins with a dot or a slash is none, whatever colon it has. */
function isLocal(path: string): boolean {
  return path !== '-' && (/^[./]/.test(path) || path.indexOf(':') <= 0);
}

/** `seccomp=FILE` of `--security-opt`. */
function profileOf(option: string): string[] {
  return /^seccomp[=:](.+)$/s.exec(option)?.slice(1) ?? [];
}

/** Plugins only read files of clients: those that the user's words name, but where the plugin says that such a word is something else. */
function offerOfPlugin(argv: readonly string[], { commands }: PluginCommands): Offer {
  for (const length of [2, 1]) {
    const command = commands.find(({ metadata: { name } }) => name === nameIn(argv, length));
    const line = command && parsed(argv.slice(length), command.metadata, command.options);
    if (!line) continue;
    const { complete = [] } = command.metadata.args;
    const words = line.positionals.filter((_, index) => mayBeFile(complete[Math.min(index, complete.length - 1)]));
    const values = line.values.flatMap(({ option, value }) => (mayBeFile(option.complete) ? [value] : []));
    return { ...NOTHING, files: { read: [...words, ...values], variables: [], save: [] } };
  }
  return NOTHING;
}

function mayBeFile(completion: Completion | undefined): boolean {
  if (completion === undefined || completion.length === 0) return true;
  return typeof completion === 'string' && completion.split('|').includes('file');
}

/** Undefined where the words are no command line of this command. */
function parsed(
  words: readonly string[],
  command: Pick<CommandMetadata, 'stopsAtFirst'>,
  options: readonly OptionMetadata[],
): { readonly positionals: readonly string[]; readonly values: readonly Value[] } | undefined {
  try {
    const { flags, positionals } = parseArgv(words, command, options);
    const byName = new Map(options.map((option, index) => [canonicalFlag(index), option]));
    const values = flags.flatMap((word) => {
      const at = word.indexOf('=');
      const option = at < 0 ? undefined : byName.get(word.slice(0, at));
      return option ? [{ option, value: word.slice(at + 1) }] : [];
    });
    return { positionals, values };
  } catch {
    return undefined;
  }
}
