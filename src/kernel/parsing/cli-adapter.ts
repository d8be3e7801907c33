import { setImmediate } from 'node:timers/promises';
import type { Cli, Command } from 'clipanion';
import type { OptionMetadata, OptionType } from '../contracts/index.js';
import { canonicalFlag } from './flag-table.js';
import type { ParsedArgv } from './parse-argv.js';

/** Clipanion takes quadratic time: 10,000 flags at once take 9 s, in portions of this size 0.2 s. */
const PORTION = 64;

type OptionValue = boolean | string | number | readonly string[];

export interface CommandLine {
  /** By the option's property; an option that was not given is absent. */
  readonly values: ReadonlyMap<string, OptionValue>;
  readonly args: readonly string[];
}

/**
 * Lets clipanion parse a canonical command line. The command itself is neither made nor known here: clipanion gets a
 * class of its own, generated from the options. Positional arguments go past it: 10,000 of them would take it 10 s.
 */
export async function parse(
  options: readonly OptionMetadata[],
  line: Pick<ParsedArgv, 'flags' | 'positionals'>,
): Promise<CommandLine> {
  const values = new Map<string, OptionValue>();
  if (line.flags.length > 0) {
    const given = givenOptions(options, line.flags);
    const cli = await buildCli(given);
    for (let at = 0; at < line.flags.length; at += PORTION) {
      if (at > 0) await setImmediate();
      collect(values, given, cli.process([...line.flags.slice(at, at + PORTION)]));
    }
  }
  return { values, args: line.positionals };
}

interface GivenOption {
  readonly name: string;
  readonly option: OptionMetadata;
}

/** Clipanion compiles its parser again for each line, which takes 2.5 ms for all options of a large command. */
function givenOptions(options: readonly OptionMetadata[], flags: readonly string[]): GivenOption[] {
  const names = new Set(flags.map((flag) => flag.replace(/=.*$/s, '').replace('--no-', '--')));
  return options.map((option, index) => ({ name: canonicalFlag(index), option })).filter(({ name }) => names.has(name));
}

function collect(values: Map<string, OptionValue>, given: readonly GivenOption[], parsed: Command): void {
  for (const { name, option } of given) {
    const value = Reflect.get(parsed, name);
    if (value === undefined) continue;
    const { property, type } = option;
    if (type === 'list') values.set(property, [...earlier(values, property), ...value]);
    else values.set(property, type === 'integer' ? Number(value) : value);
  }
}

/** The values of a list from earlier portions. */
function earlier(values: ReadonlyMap<string, OptionValue>, property: string): readonly string[] {
  const value = values.get(property);
  return Array.isArray(value) ? value : [];
}

/** Imports clipanion at the first flag ever parsed: it takes 10 ms to load, which help and plain commands do not pay. */
async function buildCli(given: readonly GivenOption[]): Promise<Cli> {
  const { Cli, Command, Option } = await import('clipanion');
  class Canonical extends Command {
    constructor() {
      super();
      for (const { name, option } of given) Reflect.set(this, name, definition(Option, name, option.type));
    }

    async execute(): Promise<void> {}
  }
  return Cli.from([Canonical]);
}

function definition(option: typeof import('clipanion').Option, name: string, type: OptionType): unknown {
  if (type === 'boolean') return option.Boolean(name);
  return type === 'list' ? option.Array(name) : option.String(name);
}
