import type { Logins } from '../../kernel/contracts/index.js';
import type { Env } from '../addresses/index.js';
import type { LocalTrees } from '../wire/index.js';

/** Variables that a client sends with every call. */
const OFFERED_ENV = ['NO_COLOR', 'COLUMNS', 'TERM'];
const { fstatSync } = process.getBuiltinModule('node:fs');
const MEMORY_DEVICES = 1;

/** Parts of the client's process that a call can use, beside its standard streams, terminal and signals. */
export interface LocalSide {
  readonly env: Env;
  /** Absolute. */
  readonly cwd: string;
  /** Version and build of this program. */
  readonly program?: string;
  /** Loads the user's logins. Absent: the daemon gets none. */
  readonly logins?: () => Promise<Logins>;
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
  const request = { gantry: 2, argv, terminal, env: offeredEnv(env, argv), cwd, program, ...grants };
  return { line: `${JSON.stringify(request)}\n`, terminal: module };
}

/**
 * The part of a client's environment that a call may see: the variables above, and those that the user names as the
 * value of a flag, as in `-e NAME`. No more than that leaves the client.
 */
export function offeredEnv(env: Env, argv: readonly string[]): Record<string, string> {
  const offered: Record<string, string> = {};
  for (const name of [...OFFERED_ENV, ...argv.flatMap(flagValue)]) {
    const value = env[name];
    if (value !== undefined) offered[name] = value;
  }
  return offered;
}

/** The possible value of a flag: `NAME` after a flag, `--flag=NAME`, `-fNAME`. */
function flagValue(word: string, index: number, argv: readonly string[]): string[] {
  const glued = /^--?[a-z-]+=(.+)$/.exec(word)?.[1] ?? /^-[a-z](.+)$/.exec(word)?.[1];
  if (glued !== undefined) return [glued];
  return argv[index - 1]?.startsWith('-') ? [word] : [];
}

/** Asking the file system is cheaper than loading what knows terminals. */
function mayBeTerminal(fd: number): boolean {
  const status = fstatSync(fd);
  return status.isCharacterDevice() && ((status.rdev >>> 8) & 0xfff) !== MEMORY_DEVICES;
}
