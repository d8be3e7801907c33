import { type CommandMetadata, GantryError, type OptionMetadata } from '../contracts/index.js';
import { didYouMean } from '../text/index.js';
import { type Flag, FlagTable } from './flag-table.js';
import { goInteger } from './go-integer.js';
import { suggestionLines } from './usage-lines.js';

export interface ParsedArgv {
  /** Help was asked for: nothing else counts. */
  readonly help: boolean;
  /** `--dry-run`: report what would change, and change nothing. */
  readonly dryRun: boolean;
  /** `--explain`: report what the call is, and which plugins take part in it. */
  readonly explain: boolean;
  /** For clipanion: every flag by its canonical name and in one word: `--a`, `--no-a`, `--b=value`. */
  readonly flags: readonly string[];
  readonly positionals: readonly string[];
}

/**
 * Parses a command line written in Go's style (`-notrunc`, `-d=false`) or GNU's (`-itp 80`, `--no-trunc`).
 * @param argv what follows the command's name
 * @param isGo whether one dash and two are alike throughout, as in Go: `--q` is `-q`
 * @throws GantryError `usage`, in Docker's words
 */
export function parseArgv(
  argv: readonly string[],
  command: Pick<CommandMetadata, 'stopsAtFirst'>,
  options: readonly OptionMetadata[],
  isGo = false,
): ParsedArgv {
  if (argv.some((word) => word.includes('\0'))) throw new GantryError('usage', 'an argument contains a NUL character');
  return new ArgvParser(argv, command.stopsAtFirst ?? false, new FlagTable(options), isGo).run();
}

class ArgvParser {
  readonly #flags: string[] = [];
  readonly #positionals: string[] = [];
  #next = 0;
  #help = false;
  #dryRun = false;
  #explain = false;

  constructor(
    private readonly argv: readonly string[],
    private readonly stopsAtFirst: boolean,
    private readonly table: FlagTable,
    private readonly isGo: boolean,
  ) {}

  run(): ParsedArgv {
    for (let word = this.#take(); word !== undefined && !this.#help; word = this.#take()) {
      if (word === '--') this.#takeRest();
      else if (word.startsWith('--')) this.#long(word);
      else if (word.startsWith('-') && word !== '-') this.#short(word);
      else {
        this.#positionals.push(word);
        if (this.stopsAtFirst) this.#takeRest();
      }
    }
    return {
      help: this.#help,
      dryRun: this.#dryRun,
      explain: this.#explain,
      flags: this.#flags,
      positionals: this.#positionals,
    };
  }

  #take(): string | undefined {
    return this.argv[this.#next++];
  }

  #takeRest(): void {
    for (const word of this.argv.slice(this.#next)) this.#positionals.push(word);
    this.#next = this.argv.length;
  }

  #long(word: string): void {
    const [name, value] = splitAtEquals(word.slice(2));
    if (name === '' || name.startsWith('-')) throw new GantryError('usage', `bad flag syntax: ${word}`);
    const flag = this.table.long(name) ?? (this.isGo ? this.table.short(name) : undefined);
    if (!flag) throw this.#unknown(`unknown flag: --${name}`, name);
    this.#set(flag, value ?? this.#implied(flag, `--${name}`));
  }

  #short(word: string): void {
    const [name, value] = splitAtEquals(word.slice(1));
    const long = name.length > 1 ? this.table.long(name) : undefined;
    if (long) this.#set(long, value ?? this.#implied(long, word));
    else this.#bundle(word);
  }

  #bundle(word: string): void {
    let letters = word.slice(1);
    while (letters !== '') letters = this.#firstOf(letters, word);
  }

  /** Takes the first letter of a bundle, and what belongs to it; returns the letters that remain. */
  #firstOf(letters: string, word: string): string {
    const [letter = ''] = letters;
    const flag = this.table.short(letter);
    if (!flag) throw this.#unknown(`unknown shorthand flag: '${letter}' in -${letters}`, word.slice(1));
    const after = letters.slice(letter.length);
    if (flag.type === 'boolean' && !after.startsWith('=')) {
      this.#set(flag, 'true');
      return after;
    }
    this.#set(flag, after === '' ? this.#implied(flag, `'${letter}' in -${letters}`) : after.replace(/^=/, ''));
    return '';
  }

  /** The value of a flag that was written without one. A boolean never takes the next word. */
  #implied(flag: Flag, written: string): string {
    const value = flag.type === 'boolean' ? 'true' : this.#take();
    if (value === undefined) throw new GantryError('usage', `flag needs an argument: ${written}`);
    return value;
  }

  #set(flag: Flag, value: string): void {
    const on = flag.type === 'boolean' ? parseBoolean(flag, value) : undefined;
    if (flag.own === 'help') this.#help = on ?? false;
    else if (flag.own === 'dry-run') this.#dryRun = on ?? false;
    else if (flag.own === 'explain') this.#explain = on ?? false;
    else if (flag.canonical === undefined) throw new Error(`the flag '${flag.shown}' has no meaning`);
    else if (flag.type === 'integer') this.#flags.push(`${flag.canonical}=${parseInteger(flag, value)}`);
    else if (on === undefined) this.#flags.push(`${flag.canonical}=${value}`);
    else this.#flags.push(on ? flag.canonical : flag.canonical.replace('--', '--no-'));
  }

  #unknown(message: string, typed: string): GantryError {
    const hint = typed.length > 1 ? suggestionLines(didYouMean(`--${typed}`, this.table.shownLongs)) : undefined;
    return new GantryError('usage', message, hint === undefined ? {} : { hint });
  }
}

function splitAtEquals(text: string): [name: string, value: string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** The words that Go's `strconv.ParseBool` takes. */
function parseBoolean(flag: Flag, value: string): boolean {
  if (/^(1|t|T|true|TRUE|True)$/.test(value)) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(value)) return false;
  throw invalidValue(flag, value, 'must be true or false');
}

function parseInteger(flag: Flag, value: string): number {
  const number = goInteger(value);
  if (number === undefined) throw invalidValue(flag, value, 'must be a whole number');
  return number;
}

function invalidValue(flag: Flag, value: string, problem: string): GantryError {
  return new GantryError('usage', `invalid argument ${JSON.stringify(value)} for "${flag.shown}" flag: ${problem}`);
}

/**
 * Checks how many positional arguments there are.
 * @param command as it was called: `docker volume ls`
 * @throws GantryError `usage`, in Docker's words
 */
export function checkArity(command: string, { min, max }: CommandMetadata['args'], count: number): void {
  if (count >= min && count <= (max ?? count)) return;
  throw new GantryError('usage', `docker: '${command}' ${arityWords(min, max)}`);
}

function arityWords(min: number, max: number | undefined): string {
  if (max === undefined) return `requires at least ${counted(min)}`;
  if (max === 0) return 'accepts no arguments';
  if (min === max) return `requires ${counted(min)}`;
  if (min === 0) return `requires at most ${counted(max)}`;
  return `requires at least ${min} and at most ${counted(max)}`;
}

function counted(count: number): string {
  return `${count} ${count === 1 ? 'argument' : 'arguments'}`;
}
