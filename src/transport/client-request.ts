import type { Env } from './address.js';

/** What a client offers of its environment, and a daemon takes. */
export const OFFERED_ENV = ['NO_COLOR', 'COLUMNS', 'TERM'] as const;
const { fstatSync } = process.getBuiltinModule('node:fs');
const MEMORY_DEVICES = 1;

export interface ClientRequest {
  /** The first line of a v2 connection. */
  readonly line: string;
  readonly hasTerminal: boolean;
}

/** Tells the daemon what is asked for, and by whom. */
export async function describeCall(argv: readonly string[], env: Env, cwd: string): Promise<ClientRequest> {
  const terminal = await describeTerminal();
  return {
    line: `${JSON.stringify({ gantry: 2, argv, terminal, env: offeredEnv(env), cwd })}\n`,
    hasTerminal: 'columns' in terminal,
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

async function describeTerminal(): Promise<object> {
  if (![0, 1, 2].some(mayBeTerminal)) return { stdin: false, stdout: false, stderr: false };
  const { describeTerminals } = await import('./terminal.js');
  return describeTerminals();
}

/** Asking the file system is cheaper than loading what knows terminals. */
function mayBeTerminal(fd: number): boolean {
  const status = fstatSync(fd);
  return status.isCharacterDevice() && ((status.rdev >>> 8) & 0xfff) !== MEMORY_DEVICES;
}
