import type { Completion, OptionMetadata, OptionType } from '../contracts/index.js';

/** A declared flag, taken apart. */
export interface Flag {
  readonly type: OptionType;
  /** As in messages: `-d, --detach`. */
  readonly shown: string;
  readonly shorts: readonly string[];
  readonly longs: readonly string[];
  /** Its one name in the canonical command line; undefined for the kernel's own flags, which never get there. */
  readonly canonical: string | undefined;
  /** Which of the kernel's own flags it is. */
  readonly own?: OwnFlag;
  readonly hidden: boolean;
  readonly description: string;
  /** The completion of its value. */
  readonly complete: Completion | undefined;
}

type OwnFlag = 'help' | 'dry-run' | 'explain';

const OWN_FLAGS: Readonly<Record<OwnFlag, string>> = {
  help: 'Print usage',
  'dry-run': 'Say what it would change, and change nothing',
  explain: 'Say what the call is and who has a say in it, and change nothing',
};

const SHORT = /^-([A-Za-z0-9])$/;
const LONG = /^--([A-Za-z0-9][A-Za-z0-9-]*)$/;

/** All flags of a command by what the user may type, with the kernel's own, `--help`, `-h`, `--dry-run` and `--explain`, but those that it has itself. */
export class FlagTable {
  readonly #all: Flag[] = [];
  readonly #shorts = new Map<string, Flag>();
  readonly #longs = new Map<string, Flag>();
  readonly #longsWithoutDashes = new Map<string, Flag>();

  constructor(options: readonly OptionMetadata[]) {
    options.forEach((option, index) => {
      this.#add(declaredFlag(option, canonicalFlag(index)));
    });
    this.#addOwn('help', 'h');
    this.#addOwn('dry-run');
    this.#addOwn('explain');
  }

  short(letter: string): Flag | undefined {
    return this.#shorts.get(letter);
  }

  /** By its exact name, else with dashes ignored: Docker v0.1.0 wrote `-notrunc`. */
  long(name: string): Flag | undefined {
    return this.#longs.get(name) ?? this.#longsWithoutDashes.get(name);
  }

  /** The flags that help shows, each once, `--help` last. */
  get shown(): Flag[] {
    return this.#all.filter((flag) => !flag.hidden);
  }

  /** The long names that help shows, with their dashes. */
  get shownLongs(): string[] {
    return [...this.#longs].filter(([, flag]) => !flag.hidden).map(([name]) => `--${name}`);
  }

  #add(flag: Flag): void {
    this.#all.push(flag);
    for (const letter of flag.shorts) claim(this.#shorts, letter, flag);
    for (const name of flag.longs) {
      claim(this.#longs, name, flag);
      const bare = name.replaceAll('-', '');
      if (!this.#longsWithoutDashes.has(bare)) this.#longsWithoutDashes.set(bare, flag);
    }
  }

  #addOwn(own: OwnFlag, letter?: string): void {
    const shorts = letter === undefined || this.#shorts.has(letter) ? [] : [letter];
    const longs = this.#longs.has(own) ? [] : [own];
    const shown = letter === undefined ? `--${own}` : `-${letter}, --${own}`;
    const description = OWN_FLAGS[own];
    const flag = { type: 'boolean', canonical: undefined, hidden: false, complete: undefined } as const;
    this.#add({ ...flag, shown, shorts, longs, own, description });
  }
}

function claim(flags: Map<string, Flag>, name: string, flag: Flag): void {
  const other = flags.get(name);
  if (other) throw new Error(`the options '${other.shown}' and '${flag.shown}' of one command claim the same flag`);
  flags.set(name, flag);
}

function declaredFlag(option: OptionMetadata, canonical: string): Flag {
  const names = option.flags.split(',').map((name) => name.trim());
  const illegal = names.find((name) => !SHORT.test(name) && !LONG.test(name));
  if (illegal !== undefined) throw new Error(`the option '${option.flags}' declares an illegal flag: '${illegal}'`);
  return {
    type: option.type,
    shown: names.join(', '),
    shorts: namesIn(names, SHORT),
    longs: namesIn(names, LONG),
    canonical,
    hidden: option.hidden ?? false,
    description: option.description,
    complete: option.complete ?? (option.type === 'boolean' ? ['true', 'false'] : undefined),
  };
}

function namesIn(names: readonly string[], form: RegExp): string[] {
  return names.flatMap((name) => form.exec(name)?.[1] ?? []);
}

/**
 * The name of a command's nth option in the canonical command line: `--a`, `--b`, ... `--aa`. Letters only, since
 * clipanion accepts neither digits nor capitals in a name, nor an option that has no long one.
 */
export function canonicalFlag(index: number): string {
  const letter = String.fromCharCode('a'.charCodeAt(0) + (index % 26));
  return index < 26 ? `--${letter}` : `${canonicalFlag(Math.floor(index / 26) - 1)}${letter}`;
}
