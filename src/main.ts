import { writeSync } from 'node:fs';
import { exitCodeOf, failureOf, failureText } from './kernel/border.js';
import type { Failure, Outcome } from './kernel/client.js';
import { defaultAddress, parseSettings, type Settings } from './settings.js';
import { callRemote, NoDaemon } from './transport/client.js';

/** The one place that chooses: daemon, call to a daemon, or local call. The first and the last are imported only then. */
async function main(): Promise<number> {
  const settings = parseSettings(process.argv.slice(2), process.env, process.cwd());
  if (settings.daemon) return serve(settings);
  const { outcome, prefix } = await call(settings);
  if (outcome.failure) tell(outcome.failure, prefix);
  return outcome.exitCode;
}

async function serve(settings: Settings): Promise<number> {
  const { runDaemon } = await import('./daemon.js');
  await runDaemon(settings);
  return 0;
}

interface Answer {
  readonly outcome: Outcome;
  /** Stands before the words of a failure: who failed. */
  readonly prefix: string;
}

const BY_DAEMON = 'Error response from daemon: ';
const BY_THIS_PROCESS = 'Error: ';

async function call(settings: Settings): Promise<Answer> {
  const [host] = settings.hosts;
  const address = host ?? defaultAddress(settings.runDir);
  const side = { env: process.env, cwd: process.cwd() };
  try {
    return { outcome: await callRemote(address, settings.argv, side), prefix: BY_DAEMON };
  } catch (error) {
    if (!(error instanceof NoDaemon)) throw error;
    if (host !== undefined) return { outcome: noDaemonAt(address), prefix: '' };
  }
  const { callLocally } = await import('./local.js');
  const outcome = await callLocally(settings);
  if (outcome !== 'needs a daemon') return { outcome, prefix: BY_THIS_PROCESS };
  const { startDaemon } = await import('./background.js');
  await startDaemon(settings);
  return { outcome: await callRemote(address, settings.argv, side), prefix: BY_DAEMON };
}

function noDaemonAt(address: string): Outcome {
  const message = `Cannot connect to the Docker daemon at ${address}. Is the docker daemon running?`;
  return { exitCode: 1, failure: { kind: 'unavailable', message } };
}

function tell(failure: Failure, prefix: string): void {
  writeSync(2, failureText(failure, prefix));
}

/** Failure until shown otherwise: an event loop that runs empty too early must not look like success. */
process.exitCode = 125;
try {
  process.exit(await main());
} catch (error) {
  tell(failureOf(error), BY_THIS_PROCESS);
  process.exit(exitCodeOf(error, { failureExitCode: 125 }));
}
