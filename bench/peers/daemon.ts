import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 30_000;

/** Starts a daemon in the background, its output in a file, and waits for its socket. */
export async function startDaemon(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  socket: string,
  log: string,
): Promise<void> {
  const output = openSync(log, 'a');
  const [command = '', ...args] = argv;
  const child = spawn(command, args, { env, stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = new Promise<'ended'>((resolve) => {
    child.once('exit', () => resolve('ended'));
    child.once('error', () => resolve('ended'));
  });
  const deadline = Date.now() + patienceMs;
  while (!existsSync(socket)) {
    const state = await Promise.race([ended, sleep(50, 'waiting' as const)]);
    if (state === 'ended' || Date.now() > deadline) {
      throw new Error(`${argv.join(' ')} does not listen on ${socket}:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    }
  }
  child.unref();
}
