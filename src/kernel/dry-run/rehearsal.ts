import { Readable, Writable } from 'node:stream';
import type { Client, ClientTrees, Logins } from '../contracts/index.js';
import { write } from '../streams/index.js';
import { plain } from '../text/index.js';
import { DependsOnPlan, type Recorder } from './recorder.js';

/** How a dry run went. */
interface Rehearsal {
  /** The steps that the call would take, a line each. */
  readonly lines: readonly string[];
  readonly exitCode: number;
  /** The error that it fails with, after the steps that come before. */
  readonly error?: unknown;
}

/**
 * Runs a command on a recorder's proxies. Its own output is dropped; what it writes to stderr are its errors, which
 * come as always. It ends early where it looks at what is only planned.
 */
export async function rehearse(
  recorder: Recorder,
  client: Client,
  run: (rehearsing: Client) => Promise<number>,
): Promise<Rehearsal> {
  const { steps } = recorder;
  const would = (...more: string[]): string[] => [...steps.map(({ says }) => `would ${says}`), ...more];
  try {
    const exitCode = await run(rehearsal(client, recorder));
    return { lines: would(...(steps.length === 0 && exitCode === 0 ? ['would change nothing'] : [])), exitCode };
  } catch (error) {
    if (error instanceof DependsOnPlan) return { lines: would('(what follows depends on it)'), exitCode: 0 };
    return { lines: would(), exitCode: 1, error };
  }
}

/**
 * Writes to stdout what a call would do.
 * @returns the exit code of the command. @throws what the command throws, after the steps before it have been written
 */
export async function runDry(
  recorder: Recorder,
  client: Client,
  run: (rehearsing: Client) => Promise<number>,
): Promise<number> {
  const { lines, exitCode, error } = await rehearse(recorder, client, run);
  await write(client.stdout, lines.map((line) => `${plain(line)}\n`).join(''));
  if (error !== undefined) throw error;
  return exitCode;
}

/** The client of a command that only rehearses: its input is not read, and its terminal not changed. */
function rehearsal(client: Client, recorder: Recorder): Client {
  const { stdin, size } = client.terminal;
  return {
    stdin: Readable.from([]),
    stdout: new Writable({ write: (_chunk, _encoding, done) => done() }),
    stderr: client.stderr,
    terminal: { stdin, stdout: false, stderr: false, size, onResize: () => {}, setRaw: () => {} },
    env: client.env,
    cwd: client.cwd,
    gone: client.gone,
    onSignal: () => {},
    openFile: (path) => client.openFile(path),
    saveTo: async () => {},
    ...(client.logins && { logins: plannedLogins(client.logins, recorder) }),
    ...(client.trees && { trees: plannedTrees(client.trees, recorder) }),
  };
}

function plannedTrees(trees: ClientTrees, recorder: Recorder): ClientTrees {
  return {
    look: (path, options) => trees.look(path, options),
    read: (path, options) => trees.read(path, options),
    async write(path) {
      recorder.note('write', `copy to ${path} on the client's side`);
    },
    async create(path) {
      recorder.note('write', `make the file ${path} on the client's side`);
    },
  };
}

function plannedLogins(logins: Logins, recorder: Recorder): Logins {
  return {
    get: (server) => logins.get(server),
    async set(server, { username }) {
      recorder.note('write', `keep the login of ${username} at ${server} on the client's side`);
      return undefined;
    },
    async erase(server) {
      const isThere = (await logins.get(server)) !== undefined;
      if (isThere) recorder.note('destroy', `forget the login at ${server}`);
      return isThere;
    },
  };
}
