import { chmodSync, closeSync, mkdirSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { configOf, createEngine, daemonEnvironment, defaultAddress, type Settings } from '../engine/index.js';
import { ensureStateFolder, identify, keepFromChildren, kindAt, libc, textOf } from '../host/index.js';
import { GantryError, type Logins, type Outcome } from '../kernel/contracts/index.js';
import { outcomeOf } from '../kernel/text/index.js';
import { storedLogins } from '../plugins/auth/index.js';
import { Runtime } from '../plugins/container/index.js';
import { Database, Events, type Log, RestrictedSockets } from '../plugins/system/index.js';
import { type Listener, listen } from '../transport/server/index.js';
import { lazyLogins } from '../transport/wire/index.js';
import { openLog } from './daemon-log.js';
import { listenByPlugin } from './plugin-transports.js';
import { UnixListeners } from './restricted-listeners.js';
import { tlsCertificates } from './tls-certificates.js';

const LOCK_EXCLUSIVE = 2;
const LOCK_NONBLOCKING = 4;
const LOCK_RETRY_MS = 10;
const LOCK_TIMEOUT_MS = 2000;
/** How long a daemon waits for plugins that it does not know yet: one that hangs must not keep it from its work. */
const PLUGIN_TIMEOUT_MS = 5000;

/** The files that make a running daemon known. */
interface DaemonFiles {
  readonly pid: string;
  readonly lock: string;
  readonly log: string;
}

function daemonFiles(settings: Settings): DaemonFiles {
  return {
    pid: `${settings.runDir}/gantry.pid`,
    lock: `${settings.root}/daemon.lock`,
    log: `${settings.root}/daemon.log`,
  };
}

/** Runs the daemon until SIGTERM or SIGINT. Resolves when it has stopped cleanly, containers running on, or could not start. */
export async function runDaemon(settings: Settings): Promise<Outcome> {
  try {
    await serve(settings);
    return { exitCode: 0 };
  } catch (error) {
    return outcomeOf(error);
  }
}

/** @throws GantryError `conflict` where a daemon runs on this root, `unavailable` for an address that cannot be had */
async function serve(settings: Settings): Promise<void> {
  forgetStarter();
  const files = daemonFiles(settings);
  mkdirSync(settings.root, { recursive: true, mode: 0o711 });
  ensureStateFolder(settings.runDir, 0o755);
  // A local call may have made it for root alone; members of the group docker must reach the socket.
  chmodSync(settings.runDir, 0o755);
  // It may outlive the folder that it was started in, and must not keep a disk busy.
  process.chdir('/');
  const lock = await takeLock(files);
  const log = openLog(files.log, settings.debug);
  const stopped = stopSignal();
  // One call that goes wrong is no reason to leave the others: the log says what happened.
  process.on('uncaughtException', (error) => log.warn(`uncaught: ${error.stack ?? error.message}`));
  const engine = createEngine(configOf(settings), log, (call) => new UnixListeners(call));
  const listeners: Listener[] = [];
  try {
    await engine.services.ensure([Runtime]);
    engine.services.resolve(Database).beginServing();
    const addresses = settings.hosts.length > 0 ? settings.hosts : [defaultAddress(settings.runDir)];
    await Promise.race([engine.plugins.load(), sleep(PLUGIN_TIMEOUT_MS, undefined, { ref: false })]);
    for (const address of addresses) {
      const { handle } = engine.call;
      const byPlugin = await listenByPlugin(address, engine.plugins, handle, settings.runDir);
      listeners.push(
        byPlugin ?? (await listen(address, handle, { ...tlsCertificates(), logins: keptLogins(settings) })),
      );
      log.info(`listening on ${address}`);
    }
    // After its own addresses, which come first where one path is wanted twice.
    await engine.services.ensure([RestrictedSockets]);
    await engine.services.ensure([Events]);
    await engine.plugins.follow(engine.services.resolve(Events));
    writePidFile(files.pid, log);
    log.info(`daemon ${process.pid} is ready, root ${settings.root}`);
    log.info(`${await stopped}: stopping; containers run on`);
  } finally {
    await Promise.allSettled(listeners.map((listener) => listener.close()));
    engine.plugins.stop();
    await engine.services.stop().catch((error) => log.warn(String(error)));
    removePidFile(files.pid);
    closeSync(lock);
  }
}

/** The logins of clients that keep none themselves, in a file for root alone. */
function keptLogins({ root }: Settings): Logins {
  return lazyLogins(() => storedLogins({ HOME: root, DOCKER_CONFIG: `${root}/logins` }));
}

/** Nothing of whoever started the daemon goes on to what it starts, but for variables with a meaning. */
function forgetStarter(): void {
  keepFromChildren();
  const kept = daemonEnvironment(process.env);
  for (const name of Object.keys(process.env)) if (!Object.hasOwn(kept, name)) delete process.env[name];
}

/**
 * One daemon a root: the lock ends with the process, however that ends. One that was killed while it started a program may
 * leave a copy of itself that has the lock for as long as it takes to become that program.
 */
async function takeLock(files: DaemonFiles): Promise<number> {
  if (kindAt(files.lock) === 'folder') renameSync(files.lock, `${files.lock}.damaged-${Date.now()}`);
  const fd = openSync(files.lock, 'a', 0o600);
  const patience = performance.now() + LOCK_TIMEOUT_MS;
  do {
    if (libc().flock(fd, LOCK_EXCLUSIVE | LOCK_NONBLOCKING) === 0) return fd;
    const pid = readPidFile(files.pid);
    if (pid !== undefined && identify(pid)) break;
    await sleep(LOCK_RETRY_MS);
  } while (performance.now() < patience);
  closeSync(fd);
  const pid = readPidFile(files.pid);
  throw new GantryError('conflict', `a daemon${pid ? ` (pid ${pid})` : ''} already runs on this root`, {
    hint: 'Stop it first, or give this one a root of its own with --root',
  });
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name));
    process.on('SIGHUP', () => {});
  });
}

/** It is for people and their scripts: a full disk is no reason to stop. */
function writePidFile(path: string, log: Log): void {
  try {
    writeFileSync(`${path}.new`, `${process.pid}\n`);
    renameSync(`${path}.new`, path);
  } catch (error) {
    log.warn(`no pid file: ${String(error)}`);
  }
}

function readPidFile(path: string): number | undefined {
  return Number(textOf(path)) || undefined;
}

function removePidFile(path: string): void {
  try {
    if (readPidFile(path) === process.pid) unlinkSync(path);
  } catch {
    // It is for people, and no process has its number.
  }
}
