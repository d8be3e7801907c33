import { Readable, Writable } from 'node:stream';
import type { Client } from './client.js';
import { DependsOnPlan, type Recorder } from './recording.js';
import { write } from './streams.js';
import { plain } from './text.js';

/**
 * Lets a command run on a recorder's stand-ins, then says on stdout what it would have done. Its own output is dropped;
 * what it says on stderr are its errors, which come as always.
 * @returns the exit code of the command, which ends early where it looks at what is only planned
 * @throws what the command throws, after the steps that come before it have been told
 */
export async function runDry(
  { steps }: Recorder,
  client: Client,
  run: (rehearsing: Client) => Promise<number>,
): Promise<number> {
  const told = (more: readonly string[] = []): Promise<void> =>
    write(
      client.stdout,
      [...steps.map(({ says }) => `would ${plain(says)}`), ...more].map((line) => `${line}\n`).join(''),
    );
  try {
    const exitCode = await run(rehearsal(client));
    await told(steps.length === 0 && exitCode === 0 ? ['would change nothing'] : []);
    return exitCode;
  } catch (error) {
    const isEnd = error instanceof DependsOnPlan;
    await told(isEnd ? ['(what follows depends on it)'] : []);
    if (isEnd) return 0;
    throw error;
  }
}

/** The client, as a command sees it that only rehearses: its input is never asked for, and its terminal left alone. */
function rehearsal(client: Client): Client {
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
  };
}
