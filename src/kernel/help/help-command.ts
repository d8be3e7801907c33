import { GantryError } from '../contracts/index.js';
import { canonicalFlag, parseArgv, withUsage } from '../parsing/index.js';
import { type CommandDescription, describeCommands, type PluginRegistry, type Target } from '../registry/index.js';
import { commandPage, groupPage, type HelpPage, topPage } from './help-page.js';
import { helpText } from './help-text.js';
import { manPage } from './man-page.js';
import { markdown } from './markdown.js';

const FORMATS = ['text', 'man', 'markdown'];

/** The command that the kernel answers itself. */
export const HELP: CommandDescription = {
  metadata: {
    name: 'help',
    summary: 'Explain a command, a group of commands, or all of docker',
    group: 'Commands',
    usage: '[OPTIONS] [COMMAND]',
    args: { min: 0 },
    examples: [
      ['docker help volume ls', 'The same as docker volume ls --help'],
      ['docker help --format man run | man -l -', 'Read about run in the form of a manual page'],
      ['docker help --format markdown', 'Print the reference of all commands'],
    ],
    effects: ['read'],
  },
  options: [
    {
      property: 'format',
      flags: '--format',
      description: 'What to write: text, man (a manual page), or markdown (of all commands unless one is named)',
      type: 'string',
      shownDefault: 'text',
      complete: FORMATS,
    },
  ],
};

/**
 * `docker help [--format FORMAT] [COMMAND]`.
 * @param argv what follows `help` @throws GantryError `usage`
 */
export async function answerHelp(registry: PluginRegistry, argv: readonly string[], width: number): Promise<string> {
  const { format, words } = read(argv);
  if (format === 'markdown' && words.length === 0) return markdown(await everyPage(registry));
  const page =
    words[0]?.toLowerCase() === HELP.metadata.name ? HELP_PAGE : await pageOf(registry, registry.resolve(words));
  if (format === 'man') return manPage(page);
  return format === 'markdown' ? markdown([page]) : helpText(page, width);
}

export async function pageOf(registry: PluginRegistry, target: Target): Promise<HelpPage> {
  if (target.kind === 'top') return topPage(registry);
  if (target.kind === 'group') return groupPage(registry, target.group);
  const { name, entry } = target;
  return commandPage({ name, names: entry.names, ...(await entry.describe()) });
}

const HELP_PAGE = commandPage({ name: HELP.metadata.name, names: [HELP.metadata.name], ...HELP });

function read(argv: readonly string[]): { readonly format: string; readonly words: readonly string[] } {
  try {
    const { help, flags, positionals } = parseArgv(argv, {}, HELP.options);
    const format = flags.at(-1)?.slice(`${canonicalFlag(0)}=`.length) ?? 'text';
    if (!FORMATS.includes(format)) {
      throw new GantryError(
        'usage',
        `invalid argument ${JSON.stringify(format)} for "--format" flag: must be text, man or markdown`,
      );
    }
    return { format, words: help ? [HELP.metadata.name] : positionals };
  } catch (error) {
    const source = { command: `docker ${HELP.metadata.name}`, usage: HELP.metadata.usage };
    throw error instanceof GantryError ? withUsage(error, source) : error;
  }
}

/** The page of docker itself, and of every command under its own name. What is broken is in the first alone. */
async function everyPage(registry: PluginRegistry): Promise<readonly HelpPage[]> {
  const pages = (await describeCommands(registry.commands)).flatMap(({ entry, description }) =>
    description ? [commandPage({ name: entry.names[0], names: entry.names, ...description })] : [],
  );
  return [await topPage(registry), ...[...pages, HELP_PAGE].toSorted((a, b) => (a.command < b.command ? -1 : 1))];
}
