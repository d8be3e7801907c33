import type { Logins } from '../../kernel/contracts/index.js';
import type { Env } from '../addresses/index.js';
import type { PluginsHere } from '../offers/index.js';
import type { LocalTrees } from '../wire/index.js';

/** Variables that a client sends with every call. */
const OFFERED_ENV = ['NO_COLOR', 'COLUMNS', 'TERM', 'TZ'];
/** Words of command lines with moments, which may be of the client's time zone. */
const MOMENT = /^--(since|until)\b|^(--filter=)?until=/;
const LOCAL_ZONE = '/etc/localtime';
const { fstatSync, readlinkSync } = process.getBuiltinModule('node:fs');
const MEMORY_DEVICES = 1;
/** In one word. */
const MOST_SHORT_FLAGS = 16;

/** Parts of the client's process that a call can use, beside its standard streams, terminal and signals. */
export interface LocalSide {
  readonly env: Env;
  /** Absolute. */
  readonly cwd: string;
  /** Version and build of this program. */
  readonly program?: string;
  /** Loads the user's logins. Absent: the daemon gets none. */
  readonly logins?: () => Promise<Logins>;
  /** Loads what plugins of this host bring. Absent: the daemon is another host's. */
  readonly plugins?: PluginsHere;
  /** Loads access to files and folders. Absent: the daemon gets none. */
  readonly trees?: () => Promise<LocalTrees>;
}

export interface ClientRequest {
  /** The first line of a v2 connection. */
  readonly line: string;
  /** The module that handles the terminal; undefined where no standard stream is one. */
  readonly terminal: typeof import('./terminal.js') | undefined;
}

/** Tells the daemon what is asked for, and by whom. */
export async function describeCall(argv: readonly string[], side: LocalSide): Promise<ClientRequest> {
  const { env, cwd, program } = side;
  const module = [0, 1, 2].some(mayBeTerminal) ? await import('./terminal.js') : undefined;
  const terminal = module?.describeTerminals(env) ?? { stdin: false, stdout: false, stderr: false };
  const grants = { ...(side.logins && { logins: true }), ...(side.trees && { trees: true }) };
  const request = { gantry: 2, argv, terminal, env: await variablesFor(argv, side), cwd, program, ...grants };
  return { line: `${JSON.stringify(request)}\n`, terminal: module };
}

/** The variables above, and those that the command line names as variables: `run -e NAME`. No more than that leaves the client. */
async function variablesFor(argv: readonly string[], side: LocalSide): Promise<Record<string, string>> {
  const { plugins } = side;
  const env = withTimeZone(side.env, argv);
  if (valuesOfFlags(argv).every((name) => env[name] === undefined)) return picked(env, OFFERED_ENV);
  const { offerOf } = await import('../offers/offer.js');
  return picked(env, [...OFFERED_ENV, ...(await offerOf(argv, plugins)).variables]);
}

/** The variables that a call made in this very process sees: all that may be named as the value of a flag. */
export function variablesHere(env: Env, argv: readonly string[]): Record<string, string> {
  return picked(withTimeZone(env, argv), [...OFFERED_ENV, ...valuesOfFlags(argv)]);
}

/** Names the time zone of the client's host where the environment does not, and it may matter. */
function withTimeZone(env: Env, argv: readonly string[]): Env {
  if (env['TZ'] !== undefined || !argv.some((word) => MOMENT.test(word))) return env;
  try {
    const zone = readlinkSync(LOCAL_ZONE).split('/zoneinfo/')[1];
    return zone === undefined ? env : { ...env, TZ: zone };
  } catch {
    return env;
  }
}

function picked(env: Env, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = env[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** Words that may be values of flags: `NAME` after a flag, `--flag=NAME`, `-fNAME`, and `-abfNAME`. */
function valuesOfFlags(argv: readonly string[]): string[] {
  return argv.flatMap((word, index) => {
    const given = /^--?[a-z-]+=(.+)$/.exec(word)?.[1];
    if (given !== undefined) return [given];
    const [letters = ''] = /^-[a-zA-Z]+/.exec(word) ?? [];
    if (letters !== '') return Array.from(letters.slice(1, MOST_SHORT_FLAGS), (_, at) => word.slice(at + 2));
    return argv[index - 1]?.startsWith('-') ? [word] : [];
  });
}

/** Asking the file system is cheaper than loading what knows terminals. */
function mayBeTerminal(fd: number): boolean {
  const status = fstatSync(fd);
  return status.isCharacterDevice() && ((status.rdev >>> 8) & 0xfff) !== MEMORY_DEVICES;
}
