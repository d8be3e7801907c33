import type { Completion } from '../contracts/index.js';
import { groupSummary, HELP, membersOf } from '../help/index.js';
import { type Flag, FlagTable, GLOBAL_OPTIONS, isFlag, readFlags, readPartialArgv } from '../parsing/index.js';
import {
  type CommandDescription,
  type CommandEntry,
  describeCommands,
  type PluginRegistry,
} from '../registry/index.js';
import { completionValues, type ServiceHost } from '../services/index.js';
import { plain } from '../text/index.js';

/** A whole word that fits at the cursor. */
interface Candidate {
  readonly value: string;
  readonly description?: string;
}

interface Offer {
  readonly candidates: readonly Candidate[];
  /** The shell offers paths, too. */
  readonly paths?: 'files' | 'folders';
  /** The part of the word before the path: `--env-file=`. */
  readonly before?: string;
}

const NOTHING: Offer = { candidates: [] };

/** Completes command lines from what the registry and the commands' metadata say. No command is made. */
export class Completer {
  constructor(
    private readonly registry: PluginRegistry,
    private readonly host: ServiceHost,
  ) {}

  /**
   * @param words what follows `docker`; the last one is under the cursor, and may be empty
   * @returns lines `value` or `value<TAB>description`; the last line is a directive: `:none`, `:files` or `:folders`,
   * the latter two followed by `<TAB>` and the part of the word before the path, if there is one
   */
  async answer(words: readonly string[]): Promise<string> {
    return rendered(await this.#offer(words.slice(0, -1), words.at(-1) ?? '').catch(() => NOTHING));
  }

  async #offer(before: readonly string[], word: string): Promise<Offer> {
    const table = new FlagTable(GLOBAL_OPTIONS);
    const [first, ...rest] = readPartialArgv(before, true, table).positionals;
    if (first === undefined)
      return this.#inLine(before, word, { table, stopsAtFirst: true }, () => this.#commands(word));
    const name = first.toLowerCase();
    if (name === HELP.metadata.name) return this.#inHelp(rest, word);
    if (rest.length === 0 && this.registry.groups.includes(name) && !isFlag(word)) return this.#members(name, word);
    const target = this.registry.resolve([first, ...rest]);
    return target.kind === 'command' ? this.#inCommand(await target.entry.describe(), target.argv, word) : NOTHING;
  }

  #inCommand({ metadata, options }: CommandDescription, before: readonly string[], word: string): Promise<Offer> {
    const { args, stopsAtFirst = false } = metadata;
    return this.#inLine(before, word, { table: new FlagTable(options), stopsAtFirst }, (positionals) => {
      const index = positionals.length;
      if (index >= (args.max ?? Number.POSITIVE_INFINITY)) return NOTHING;
      return this.#values(args.complete?.[index] ?? args.complete?.at(-1), word, '', positionals);
    });
  }

  #inHelp(before: readonly string[], word: string): Promise<Offer> {
    const syntax = { table: new FlagTable(HELP.options), stopsAtFirst: false };
    return this.#inLine(before, word, syntax, ([group, ...others]) => {
      if (group === undefined) return this.#commands(word);
      return others.length === 0 && this.registry.groups.includes(group) ? this.#members(group, word) : NOTHING;
    });
  }

  async #inLine(
    before: readonly string[],
    word: string,
    { table, stopsAtFirst }: { readonly table: FlagTable; readonly stopsAtFirst: boolean },
    positional: (earlier: readonly string[]) => Offer | Promise<Offer>,
  ): Promise<Offer> {
    const line = readPartialArgv(before, stopsAtFirst, table);
    if (line.awaiting) return this.#values(line.awaiting.complete, word, '');
    if (line.flagsEnded || !word.startsWith('-')) return positional(line.positionals);
    const { flags, valueAt } = readFlags(word, table);
    if (valueAt !== undefined) return this.#values(flags.at(-1)?.complete, word.slice(valueAt), word.slice(0, valueAt));
    const missing = table.shown.filter((flag) => flag.type === 'list' || !line.given.has(flag));
    return { candidates: missing.flatMap(flagNames).filter(({ value }) => value.startsWith(word)) };
  }

  /** The words that may follow `docker`: commands of one word, the first words of the others, help. */
  async #commands(word: string): Promise<Offer> {
    const commands = this.registry.commands.map((entry): Named => [entry.names[0], entry]);
    const single = commands.filter(([name]) => !name.includes(' '));
    const groups = this.registry.groups.filter((group) => !single.some(([name]) => name === group));
    const others = [
      ...groups.map((group) => ({ value: group, description: groupSummary(this.registry, group) })),
      { value: HELP.metadata.name, description: HELP.metadata.summary },
    ];
    const candidates = [...(await named(single, word)), ...others.filter(({ value }) => value.startsWith(word))];
    return { candidates };
  }

  async #members(group: string, word: string): Promise<Offer> {
    return { candidates: await named(membersOf(this.registry, group), word) };
  }

  /**
   * @param typed the part of the value that is there already
   * @param before the part of the word before the value
   * @param taken values that are on the command line, and need no offering again
   */
  async #values(
    complete: Completion | undefined,
    typed: string,
    before: string,
    taken: readonly string[] = [],
  ): Promise<Offer> {
    const kinds = typeof complete === 'string' ? complete.split('|') : [];
    const words =
      typeof complete === 'string' ? await completionValues(kinds, typed, this.registry, this.host) : complete;
    const fitting = (words ?? []).filter((word) => word.startsWith(typed) && !taken.includes(word));
    const candidates = [...new Set(fitting)].map((value) => ({ value: before + value }));
    const paths = kinds.includes('file') ? 'files' : kinds.includes('folder') ? 'folders' : undefined;
    return paths ? { candidates, paths, before } : { candidates };
  }
}

type Named = readonly [name: string, entry: CommandEntry];

async function named(commands: readonly Named[], word: string): Promise<Candidate[]> {
  const fitting = commands.filter(([name]) => name.startsWith(word));
  const described = await describeCommands(fitting.map(([, entry]) => entry));
  return fitting.map(([value], index) => ({ value, description: described[index]?.summary ?? '' }));
}

function flagNames({ longs, shorts, description }: Flag): Candidate[] {
  const names = [...longs.map((name) => `--${name}`), ...shorts.map((letter) => `-${letter}`)];
  return names.map((value) => ({ value, description }));
}

function rendered({ candidates, paths, before }: Offer): string {
  const lines = candidates.map(({ value, description }) => (description ? `${value}\t${plain(description)}` : value));
  const directive = `:${paths ?? 'none'}${before ? `\t${before}` : ''}`;
  return [...lines, directive, ''].join('\n');
}
