import { GantryError } from '../kernel/contracts/index.js';

/** The values of the flags before the command, by long name; `true` and `false` for those without one. */
export type GlobalFlags = ReadonlyMap<string, readonly string[]>;

const SHORTS: Readonly<Record<string, string>> = {
  ...{ '-H': 'host', '-c': 'context', '-l': 'log-level' },
  ...{ '-d': 'daemon', '-D': 'debug', '-v': 'version' },
};
const SWITCHES: ReadonlySet<string> = new Set(['daemon', 'debug', 'version', 'tls', 'tlsverify']);
const VALUES: ReadonlySet<string> = new Set([
  ...['root', 'host', 'plugins-dir', 'storage-driver', 'config', 'context', 'log-level'],
  ...['tlscacert', 'tlscert', 'tlskey'],
]);

/** Reads the flags before the command. What it does not know is left to the command line. @throws GantryError `usage` */
export function readGlobalFlags(args: readonly string[]): {
  readonly flags: GlobalFlags;
  readonly rest: readonly string[];
} {
  const flags = new Map<string, string[]>();
  let index = 0;
  for (; index < args.length; index++) {
    const { flag, value } = split(args[index] ?? '');
    const name = SHORTS[flag] ?? (flag.startsWith('--') ? flag.slice(2) : '');
    if (SWITCHES.has(name)) flags.set(name, [value === 'false' ? 'false' : 'true']);
    else if (VALUES.has(name)) flags.set(name, [...(flags.get(name) ?? []), value ?? needed(args[++index], flag)]);
    else break;
  }
  return { flags, rest: args.slice(index) };
}

/** `--root=x`, `-Hx` and `-H=x` carry their value. */
function split(word: string): { readonly flag: string; readonly value?: string } {
  if (/^-[Hcl]./.test(word)) return { flag: word.slice(0, 2), value: word.slice(2).replace(/^=/, '') };
  const [, flag, value] = /^(--?[a-zA-Z-]+)=(.*)$/s.exec(word) ?? [];
  return flag === undefined ? { flag: word } : { flag, value: value ?? '' };
}

function needed(value: string | undefined, flag: string): string {
  if (value === undefined) throw new GantryError('usage', `flag needs an argument: ${flag}`);
  return value;
}
