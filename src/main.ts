import { defaultAddress, isAlwaysLocal, parseSettings, type Settings } from './engine/settings.js';
import { buildName, type Failure, GantryError, type Outcome, programName } from './kernel/contracts/index.js';
import { COMPLETE } from './kernel/parsing/index.js';
import { failureText, outcomeOf } from './kernel/text/index.js';
import { callRemote, NoDaemon } from './transport/client/index.js';

/**
 * The one place that chooses: daemon, call to a daemon, or local call. Most calls go to a daemon: this file is bundled with
 * all that they need, and the rest is imported when it is chosen.
 */
async function main(): Promise<number> {
  refuseBrokenWords(process.argv);
  leaveRemovedFolder();
  const settings = parseSettings(process.argv.slice(2), process.env, process.cwd());
  Object.assign(process.env, settings.variables);
  if (settings.argv[0] === COMPLETE) return complete(settings);
  if (settings.version) return printVersion();
  const { outcome, prefix } = settings.daemon ? await serve(settings) : await call(settings);
  if (outcome.failure) tell(outcome.failure, prefix);
  return outcome.exitCode;
}

/** A shell may stand in a folder that is gone: a call that names no path in it works. */
function leaveRemovedFolder(): void {
  try {
    process.cwd();
  } catch {
    process.chdir('/');
  }
}

/** Node has replaced what is no UTF-8: such a word would name another file, or be another value. */
function refuseBrokenWords(words: readonly string[]): void {
  if (!words.some((word) => word.includes('\ufffd'))) return;
  const asGiven = process.getBuiltinModule('node:fs').readFileSync('/proc/self/cmdline');
  if (process.getBuiltinModule('node:buffer').isUtf8(asGiven)) return;
  throw new GantryError('usage', 'a word of the command line is not UTF-8');
}

/** In Docker's form: scripts take the third word. */
function printVersion(): number {
  process.getBuiltinModule('node:fs').writeSync(1, `Docker version ${programName()}\n`);
  return 0;
}

/** What V8 compiles of the larger programs is kept beside them, for the next process: it starts in two thirds of the time. */
function keepCompiledCode(): void {
  if (buildName() === '') return;
  const folder = process.getBuiltinModule('node:path').dirname(process.argv[1] ?? '');
  process.getBuiltinModule('node:module').enableCompileCache(`${folder}/compiled`);
}

async function serve(settings: Settings): Promise<Answer> {
  keepCompiledCode();
  const { runDaemon } = await import('./daemon/daemon.js');
  return { outcome: await runDaemon(settings), prefix: BY_THIS_PROCESS };
}

/** Ignores failures: their words would appear on the line that the user is typing. */
async function complete(settings: Settings): Promise<number> {
  await call(settings).catch(() => {});
  return 0;
}

interface Answer {
  readonly outcome: Outcome;
  /** The words before a failure that say who failed. */
  readonly prefix: string;
}

const BY_DAEMON = 'Error response from daemon: ';
const BY_THIS_PROCESS = 'Error: ';

async function call(settings: Settings): Promise<Answer> {
  const host = settings.hosts[0] ?? (await hostOfContext(settings));
  if (typeof host === 'object') return { outcome: { exitCode: 1, failure: host }, prefix: '' };
  const address = host ?? defaultAddress(settings.runDir);
  const side = {
    env: process.env,
    cwd: process.cwd(),
    program: programName(),
    logins: async () => (await import('./client/client-logins.js')).clientLogins(),
    trees: async () => (await import('./client/client-files.js')).CLIENT_TREES,
    ...(address.startsWith('unix:') && {
      plugins: async () => (await import('./client/client-plugins.js')).pluginCommands(settings.root),
    }),
  };
  try {
    if (!isAlwaysLocal(settings.argv)) {
      return { outcome: await callRemote(address, settings.argv, side), prefix: BY_DAEMON };
    }
  } catch (error) {
    if (!(error instanceof NoDaemon)) throw error;
    if (host !== undefined) return { outcome: noDaemonAt(address), prefix: '' };
  }
  keepCompiledCode();
  const { callLocally } = await import('./client/call-locally.js');
  const outcome = await callLocally(settings);
  if (outcome !== 'needs a daemon') return { outcome, prefix: BY_THIS_PROCESS };
  const { startDaemon } = await import('./client/start-daemon.js');
  const failure = await startDaemon(settings);
  if (failure) return { outcome: { exitCode: 125, failure }, prefix: BY_THIS_PROCESS };
  return { outcome: await callRemote(address, settings.argv, side), prefix: BY_DAEMON };
}

async function hostOfContext({ context }: Settings): Promise<string | Failure | undefined> {
  if (context === undefined || context === 'default') return undefined;
  const found = (await import('./client/contexts.js')).readContext(context, process.env);
  if ('kind' in found) return found;
  Object.assign(process.env, found.variables);
  return found.host;
}

function noDaemonAt(address: string): Outcome {
  const message = `Cannot connect to the Docker daemon at ${address}. Is the docker daemon running?`;
  return { exitCode: 1, failure: { kind: 'unavailable', message } };
}

function tell(failure: Failure, prefix: string): void {
  process.getBuiltinModule('node:fs').writeSync(2, failureText(failure, prefix));
}

/** Failure until shown otherwise: an event loop that runs empty too early must not look like success. */
process.exitCode = 125;
main().then(process.exit, (error) => {
  const { exitCode, failure } = outcomeOf(error);
  if (failure) tell(failure, BY_THIS_PROCESS);
  process.exit(exitCode);
});
