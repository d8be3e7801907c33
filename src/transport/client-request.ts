import type { Env } from './address.js';

/** What a client offers of its environment, and a daemon takes. */
export const OFFERED_ENV = ['NO_COLOR', 'COLUMNS', 'TERM'] as const;
const { fstatSync } = process.getBuiltinModule('node:fs');
const MEMORY_DEVICES = 1;

export interface ClientRequest {
  /** The first line of a v2 connection. */
  readonly line: string;
  /** What handles the terminal; undefined where no standard stream is one. */
  readonly terminal: typeof import('./terminal.js') | undefined;
}

/** Tells the daemon what is asked for, and by whom. */
export async function describeCall(argv: readonly string[], env: Env, cwd: string): Promise<ClientRequest> {
  const module = [0, 1, 2].some(mayBeTerminal) ? await import('./terminal.js') : undefined;
  const terminal = module?.describeTerminals() ?? { stdin: false, stdout: false, stderr: false };
  return {
    line: `${JSON.stringify({ gantry: 2, argv, terminal, env: offeredEnv(env), cwd })}\n`,
    terminal: module,
  };
}

export function offeredEnv(env: Env): Record<string, string> {
  const offered: Record<string, string> = {};
  for (const name of OFFERED_ENV) {
    const value = env[name];
    if (value !== undefined) offered[name] = value;
  }
  return offered;
}

/** Asking the file system is cheaper than loading what knows terminals. */
function mayBeTerminal(fd: number): boolean {
  const status = fstatSync(fd);
  return status.isCharacterDevice() && ((status.rdev >>> 8) & 0xfff) !== MEMORY_DEVICES;
}
