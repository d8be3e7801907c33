import type { CommandMetadata, OptionMetadata } from '../contracts/index.js';
import { GLOBAL_OPTIONS, OF_ANY_COMMAND, optionRows } from '../parsing/index.js';
import {
  type CommandEntry,
  changesAnything,
  type DescribedCommand,
  describeCommands,
  type PluginRegistry,
} from '../registry/index.js';
import { plain } from '../text/index.js';

export type Row = readonly [left: string, right: string];

export interface Section {
  readonly heading: string;
  readonly rows: readonly Row[];
}

/** The page of help of a command, a group, or all of `docker`, in whatever format it is written. */
export interface HelpPage {
  /** As it is typed: `docker volume ls`. */
  readonly command: string;
  /** The words after it in the usage line. */
  readonly usage: string;
  readonly summary: string;
  /** All names of a command that has several. */
  readonly aliases: readonly string[];
  readonly examples: readonly Row[];
  /** The commands that may follow, under their headings. */
  readonly commands: readonly Section[];
  readonly options: Section;
  readonly exitCodes: readonly Row[];
}

const DESCRIPTION = 'A self-sufficient runtime for containers';

const NO_PROGRAM: readonly Row[] = [
  ['0', 'Success'],
  ['1', 'The engine refused or failed'],
  ['125', 'The command line is wrong'],
];

const OF_PROGRAM: readonly Row[] = [
  ['125', 'The command line is wrong, or the engine refused or failed'],
  ['126', 'The program is there, and cannot be executed'],
  ['127', 'There is no such program'],
  ['any other', 'The exit code of the program where the command waits for it, otherwise 0'],
];

/** `docker`. Has every command described for its summary. */
export async function topPage(registry: PluginRegistry): Promise<HelpPage> {
  const described = (await describeCommands(registry.commands)).filter(({ entry }) => !entry.names[0].includes(' '));
  const sections: readonly Section[] = [
    { heading: 'Common Commands', rows: rowsUnder(described, 'Common Commands') },
    {
      heading: 'Management Commands',
      rows: sorted([...rowsUnder(described, 'Management Commands'), ...groupRows(registry)]),
    },
    { heading: 'Commands', rows: sorted(rowsUnder(described, 'Commands')) },
  ];
  return {
    ...page('docker', '[OPTIONS] COMMAND', DESCRIPTION),
    commands: sections.filter(({ rows }) => rows.length > 0),
    options: { heading: 'Global Options', rows: [...optionRows(GLOBAL_OPTIONS), ...optionRows(OF_ANY_COMMAND)] },
  };
}

/** `docker volume`. Has the commands of the group described only. */
export async function groupPage(registry: PluginRegistry, group: string): Promise<HelpPage> {
  const members = membersOf(registry, group);
  const described = await describeCommands(members.map(([, entry]) => entry));
  const rows = members.map(([name], index): Row => [name, plain(described[index]?.summary ?? '')]);
  return {
    ...page(`docker ${group}`, 'COMMAND', groupSummary(registry, group)),
    commands: [{ heading: 'Commands', rows: sorted(rows) }],
  };
}

/** The commands of a group, each once, by the first of its names there. */
export function membersOf(
  registry: PluginRegistry,
  group: string,
): readonly (readonly [name: string, entry: CommandEntry])[] {
  const members = [...registry.commandsOf(group)];
  return members.filter(([, entry], index) => members.findIndex(([, other]) => other === entry) === index);
}

interface DocumentedCommand {
  /** The name that it was called by. */
  readonly name: string;
  /** All its names. */
  readonly names: readonly string[];
  readonly metadata: CommandMetadata;
  readonly options: readonly OptionMetadata[];
}

/** `docker run`. */
export function commandPage({ name, names, metadata, options }: DocumentedCommand): HelpPage {
  return {
    ...page(`docker ${name}`, metadata.usage, metadata.summary),
    aliases: names.length > 1 ? aliases(names) : [],
    examples: metadata.examples ?? [],
    options: { heading: 'Options', rows: [...optionRows(options), ...dryRunRow(metadata, options)] },
    exitCodes: metadata.failureExitCode === 125 ? OF_PROGRAM : NO_PROGRAM,
  };
}

/** Last of all, where it makes a difference. */
function dryRunRow({ effects }: CommandMetadata, options: readonly OptionMetadata[]): Row[] {
  const isOwn = options.some(({ flags }) => /(^|[\s,])--dry-run($|[\s,])/.test(flags));
  return isOwn || !changesAnything(effects) ? [] : [['    --dry-run', 'Say what it would change, and change nothing']];
}

export function groupSummary(registry: PluginRegistry, group: string): string {
  const given = registry.plugins.find(({ groups }) => groups?.[group] !== undefined)?.groups?.[group];
  if (given !== undefined) return given;
  if (/[^aeiou]y$/.test(group)) return `Manage ${group.slice(0, -1)}ies`;
  return `Manage ${group}${/(s|x|ch|sh)$/.test(group) ? 'es' : 's'}`;
}

function page(command: string, usage: string, summary: string): HelpPage {
  const options = { heading: 'Options', rows: [] };
  return { command, usage, summary, aliases: [], examples: [], commands: [], options, exitCodes: NO_PROGRAM };
}

function rowsUnder(described: readonly DescribedCommand[], group: CommandMetadata['group']): Row[] {
  return described
    .filter(({ description }) => (description?.metadata.group ?? 'Commands') === group)
    .map(({ entry, summary }) => [entry.names[0], plain(summary)]);
}

/** A group that is a command, too, has that command's row. */
function groupRows(registry: PluginRegistry): Row[] {
  const commands = new Set(registry.commands.flatMap(({ names }) => names));
  return registry.groups.filter((group) => !commands.has(group)).map((group) => [group, groupSummary(registry, group)]);
}

/** Grouped names first, as in Docker: `docker container ls, docker ps`. */
function aliases(names: readonly string[]): string[] {
  const grouped = names.filter((name) => name.includes(' '));
  const others = names.filter((name) => !name.includes(' '));
  return [...grouped, ...others].map((name) => `docker ${name}`);
}

function sorted(rows: readonly Row[]): Row[] {
  return rows.toSorted(([a], [b]) => (a < b ? -1 : 1));
}
