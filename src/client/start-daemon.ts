import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { createConnection } from 'node:net';
import { daemonEnvironment, defaultAddress, type Settings } from '../engine/index.js';
import type { Failure } from '../kernel/contracts/index.js';

/** The program that runs here, as it was started. */
const MAIN = process.argv[1] ?? '';
const START_TIMEOUT_MS = 10_000;
/** Another call may have started one at the same time: that one answers soon. */
const OTHER_START_TIMEOUT_MS = 3_000;
const PAUSE_MS = 10;

/** Starts a daemon that outlives this process, says so, and waits until it answers. Returns the reason why it did not. */
export async function startDaemon(settings: Settings): Promise<Failure | undefined> {
  const daemon = spawn(
    process.execPath,
    // As in bin/docker.
    [
      ...[
        '--v8-pool-size=4',
        '--no-concurrent-sparkplug',
        '--max-semi-space-size=1',
        '--heap-growing-percent=100',
        '--disable-warning=ExperimentalWarning',
        '--',
        MAIN,
        '--root',
        settings.root,
      ],
      ...(settings.storageDriver ? ['--storage-driver', settings.storageDriver] : []),
      '-d',
    ],
    {
      detached: true,
      cwd: '/',
      env: daemonEnvironment(process.env),
      stdio: 'ignore',
    },
  );
  daemon.unref();
  const path = defaultAddress(settings.runDir).slice('unix://'.length);
  let deadline = performance.now() + START_TIMEOUT_MS;
  const ended = (): void => {
    deadline = performance.now() + OTHER_START_TIMEOUT_MS;
  };
  daemon.once('exit', ended).once('error', ended);
  while (!(await answers(path))) {
    if (performance.now() > deadline) {
      const hint = `see ${settings.root}/daemon.log, or start it by hand: docker -d`;
      return { kind: 'unavailable', message: 'The daemon that this needs did not start', hint };
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  if (daemon.exitCode === null)
    writeSync(2, `docker: started a daemon in the background (pid ${daemon.pid}, log ${settings.root}/daemon.log)\n`);
  return undefined;
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
