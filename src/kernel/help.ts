import { type Described, describe } from './catalogue.js';
import { columns, wrap } from './columns.js';
import type { CommandMetadata } from './command.js';
import type { OptionMetadata } from './option.js';
import { optionRows } from './option-rows.js';
import { changesAnything } from './permission.js';
import type { Registry } from './registry.js';
import { plain } from './text.js';
import { usageLine } from './usage.js';

type Row = readonly [left: string, right: string];

const DESCRIPTION = 'A self-sufficient runtime for containers';
const NAMES = { gap: 1, minLeft: 11 };

const GLOBAL_OPTIONS: readonly Row[] = [
  ['-d', 'Run as the daemon'],
  ['-D, --debug', 'Enable debug mode'],
  ['-H, --host ADDR', 'Daemon socket to connect to, or for the daemon to listen on'],
  ['    --plugins-dir DIR', 'Folder of third-party plugins'],
  ['    --root DIR', 'Folder of all persistent state (default "/var/lib/gantry")'],
  ['-v, --version', 'Print version information and quit'],
  ['    --dry-run', 'After any command: say what it would change, and change nothing'],
];

/** `docker`, `docker help`. Imports every command for its summary. */
export async function topHelp(registry: Registry, width: number): Promise<string> {
  const described = (await describe(registry.commands)).filter(({ entry }) => !entry.names[0].includes(' '));
  const sections: readonly (readonly [heading: string, rows: readonly Row[]])[] = [
    ['Common Commands', rowsUnder(described, 'Common Commands')],
    ['Management Commands', sorted([...rowsUnder(described, 'Management Commands'), ...groupRows(registry)])],
    ['Commands', sorted(rowsUnder(described, 'Commands'))],
  ];
  return paragraphs([
    usageLine('docker', '[OPTIONS] COMMAND'),
    wrap(DESCRIPTION, width).join('\n'),
    ...sections.filter(([, rows]) => rows.length > 0).map(([heading, rows]) => section(heading, rows, width)),
    section('Global Options', GLOBAL_OPTIONS, width, { gap: 3 }),
    moreInformation('docker', width),
  ]);
}

/** `docker volume`. Imports the commands of the group only. */
export async function groupHelp(registry: Registry, group: string, width: number): Promise<string> {
  const members = [...registry.commandsOf(group)];
  const own = members.filter(([, entry], index) => members.findIndex(([, other]) => other === entry) === index);
  const described = await describe(own.map(([, entry]) => entry));
  const rows = own.map(([name], index): Row => [name, plain(described[index]?.summary ?? '')]);
  return paragraphs([
    usageLine(`docker ${group}`, 'COMMAND'),
    wrap(groupSummary(registry, group), width).join('\n'),
    section('Commands', sorted(rows), width),
    moreInformation(`docker ${group}`, width),
  ]);
}

export interface DocumentedCommand {
  /** The name that it was called by. */
  readonly name: string;
  /** All its names. */
  readonly names: readonly string[];
  readonly metadata: CommandMetadata;
  readonly options: readonly OptionMetadata[];
}

/** `docker run --help`. */
export function commandHelp({ name, names, metadata, options }: DocumentedCommand, width: number): string {
  const rows = [...optionRows(options), ...dryRunRow(metadata, options)];
  const examples = metadata.examples ?? [];
  return paragraphs([
    usageLine(`docker ${name}`, metadata.usage),
    wrap(metadata.summary, width).join('\n'),
    ...(names.length > 1 ? [aliases(names, width)] : []),
    ...(examples.length > 0 ? [section('Examples', examples, width, { gap: 3 })] : []),
    ...(rows.length > 0 ? [section('Options', rows, width, { gap: 3 })] : []),
  ]);
}

/** Last of all, where it makes a difference. */
function dryRunRow({ effects }: CommandMetadata, options: readonly OptionMetadata[]): Row[] {
  const isOwn = options.some(({ flags }) => /(^|[\s,])--dry-run($|[\s,])/.test(flags));
  return isOwn || !changesAnything(effects) ? [] : [['    --dry-run', 'Say what it would change, and change nothing']];
}

function rowsUnder(described: readonly Described[], group: CommandMetadata['group']): Row[] {
  return described
    .filter(({ metadata }) => (metadata?.group ?? 'Commands') === group)
    .map(({ entry, summary }) => [entry.names[0], plain(summary)]);
}

/** A group that is a command, too, has that command's row. */
function groupRows(registry: Registry): Row[] {
  const commands = new Set(registry.commands.flatMap(({ names }) => names));
  return registry.groups.filter((group) => !commands.has(group)).map((group) => [group, groupSummary(registry, group)]);
}

function groupSummary(registry: Registry, group: string): string {
  const given = registry.plugins.find(({ groups }) => groups?.[group] !== undefined)?.groups?.[group];
  if (given !== undefined) return given;
  if (/[^aeiou]y$/.test(group)) return `Manage ${group.slice(0, -1)}ies`;
  return `Manage ${group}${/(s|x|ch|sh)$/.test(group) ? 'es' : 's'}`;
}

/** Grouped names first, as in Docker: `docker container ls, docker ps`. */
function aliases(names: readonly string[], width: number): string {
  const grouped = names.filter((name) => name.includes(' '));
  const others = names.filter((name) => !name.includes(' '));
  const list = [...grouped, ...others].map((name) => `docker ${name}`).join(', ');
  return ['Aliases:', ...wrap(list, width - 2).map((line) => `  ${line}`)].join('\n');
}

function section(heading: string, rows: readonly Row[], width: number, layout: { gap: number } = NAMES): string {
  return `${heading}:\n${columns(rows, { ...layout, width })}`;
}

function moreInformation(command: string, width: number): string {
  return wrap(`Run '${command} COMMAND --help' for more information on a command.`, width).join('\n');
}

function sorted(rows: readonly Row[]): Row[] {
  return rows.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function paragraphs(parts: readonly string[]): string {
  return `${parts.map((part) => part.trimEnd()).join('\n\n')}\n`;
}
