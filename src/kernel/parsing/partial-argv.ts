import type { Flag, FlagTable } from './flag-table.js';

/** A command line that is still being typed, as far as it goes. */
interface PartialArgv {
  readonly given: ReadonlySet<Flag>;
  readonly positionals: readonly string[];
  /** The flag whose value comes next. */
  readonly awaiting: Flag | undefined;
  /** Whatever comes next is no flag. */
  readonly flagsEnded: boolean;
}

/** Reads as `parseArgv` does, and refuses nothing: an unknown flag counts as one without a value. */
export function readPartialArgv(words: readonly string[], stopsAtFirst: boolean, table: FlagTable): PartialArgv {
  const given = new Set<Flag>();
  const positionals: string[] = [];
  let awaiting: Flag | undefined;
  let flagsEnded = false;
  for (const word of words) {
    if (awaiting) awaiting = undefined;
    else if (flagsEnded || !isFlag(word)) {
      positionals.push(word);
      flagsEnded ||= stopsAtFirst;
    } else if (word === '--') flagsEnded = true;
    else {
      const { flags, valueAt } = readFlags(word, table);
      for (const flag of flags) given.add(flag);
      const last = flags.at(-1);
      if (last && last.type !== 'boolean' && valueAt === undefined) awaiting = last;
    }
  }
  return { given, positionals, awaiting, flagsEnded };
}

export function isFlag(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

interface TypedFlags {
  readonly flags: readonly Flag[];
  /** Where in the word the value of the last flag begins; undefined where the word has none. */
  readonly valueAt: number | undefined;
}

/** The flags of one word: `--network=host`, `-it`, `-p8080:80`. */
export function readFlags(word: string, table: FlagTable): TypedFlags {
  const dashes = word.startsWith('--') ? 2 : 1;
  const equals = word.indexOf('=');
  const name = word.slice(dashes, equals < 0 ? word.length : equals);
  const long = dashes === 2 || name.length > 1 ? table.long(name) : undefined;
  if (long) return { flags: [long], valueAt: equals < 0 ? undefined : equals + 1 };
  return dashes === 2 ? { flags: [], valueAt: undefined } : readBundle(word, table);
}

function readBundle(word: string, table: FlagTable): TypedFlags {
  const flags: Flag[] = [];
  for (let at = 1; at < word.length; at++) {
    const flag = table.short(word[at] ?? '');
    if (!flag) break;
    flags.push(flag);
    if (word[at + 1] === '=') return { flags, valueAt: at + 2 };
    if (flag.type !== 'boolean') return { flags, valueAt: at + 1 < word.length ? at + 1 : undefined };
  }
  return { flags, valueAt: undefined };
}
