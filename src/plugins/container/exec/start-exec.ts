import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { constants, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  openDescriptor,
  openFileOf,
  type ProcessIdentity,
  SHORT_LIVED_NODE,
  signalProcess,
  spawned,
  spawnProgram,
} from '../../../host/index.js';
import { GantryError } from '../../../kernel/index.js';
import { descriptorPath } from '../../../sysinit/in-root.js';
import { type Config } from '../../system/index.js';
import { memberWithPid, signalMembers } from '../cgroups/index.js';
import {
  type ContainerConfig,
  DEFAULT_TERMINAL_SIZE,
  type ExecRequest,
  type ExecSession,
  type OciProcess,
} from '../contracts/index.js';
import {
  type Bundle,
  EXEC_PREFIX,
  type ExecGroup,
  inPrivateNamespaces,
  lastError,
  makeExecGroup,
  numberIn,
  PATH,
  runtimeJson,
  SHELL,
  writeOwner,
} from '../host/index.js';
import { probeRuntime, runtimeCommand, withOomScore } from '../oci/index.js';
import { CONSOLE_SOCKET } from '../terminals/index.js';
import { EXEC_MONITOR_SCRIPT } from './exec-monitor-script.js';
import { ExecOutput } from './exec-output.js';
import { openExecStreams } from './exec-streams.js';
import { execFailure, waitForExitCode } from './exit-code.js';
import { holdUntilStarted } from './hold-until-started.js';
import { execProcessSpec } from './process-spec.js';

const PTY_HOST_EXEC = fileURLToPath(new URL('./pty-host-exec.js', import.meta.url));
const ENGINE_DESCRIPTOR = 3;
const POLL_MS = 10;
const ENDING_SIGNALS: ReadonlySet<NodeJS.Signals | number> = new Set(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM']);

/** The container in which a program is run. */
interface ExecTarget {
  readonly id: string;
  readonly config: ContainerConfig;
  readonly init: ProcessIdentity;
  readonly bundle: Bundle;
}

/** A program that is to be run there. */
interface ExecPlan extends ExecTarget {
  readonly oomScoreAdj: number | undefined;
}

/** Runs a program in a running container. @throws like `Runtime.exec` */
export async function startExec(config: Config, target: ExecTarget, request: ExecRequest): Promise<ExecSession> {
  const process = processOf(target, request);
  const plan = { ...target, oomScoreAdj: process.oomScoreAdj };
  const name = `${EXEC_PREFIX}${randomBytes(8).toString('hex')}`;
  const folder = join(target.bundle.path, name);
  using started = new DisposableStack();
  started.defer(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(folder, { mode: 0o700 });
  writeOwner(folder);
  writeFileSync(join(folder, 'process.json'), runtimeJson(process), { mode: 0o600 });
  const session = await (request.detach ? startDetached : startAttached)(config, plan, folder, request);
  started.move();
  return session;
}

function processOf({ id, config, init, bundle }: ExecTarget, request: ExecRequest): OciProcess {
  using root = openFileOf(init, 'root', constants.O_RDONLY | constants.O_DIRECTORY);
  if (!root) throw new GantryError('conflict', `container ${id} has just ended`);
  return execProcessSpec(bundle, config, descriptorPath(root.fd), request);
}

const DETACHED_SESSION: ExecSession = {
  write: async () => {},
  end: () => {},
  resize: () => {},
  kill: async () => {},
  detach: () => {},
  ended: Promise.resolve({ exitCode: 0, error: '' }),
};

async function startDetached(config: Config, target: ExecPlan, folder: string, request: ExecRequest) {
  const stdio = ['ignore', 'ignore', 'ignore', 'ignore'] as const;
  await waitUntilStarted(await spawned(spawnMonitor(config, target, folder, request, stdio)), folder);
  return DETACHED_SESSION;
}

async function startAttached(
  config: Config,
  target: ExecPlan,
  folder: string,
  request: ExecRequest,
): Promise<ExecSession> {
  using ends = new DisposableStack();
  using started = new DisposableStack();
  const group = makeExecGroup(target.id, basename(folder));
  started.defer(() => group?.remove());
  const groupFolder = ends.use(openDescriptor(group?.folder ?? '/dev/null', 'r'));
  const streams = openExecStreams(folder, request, ends);
  started.defer(() => streams.close());
  const stdio = [...streams.container, 'pipe', groupFolder.fd] as const;
  const child = await spawned(spawnMonitor(config, target, folder, request, stdio, group));
  started.move();
  const sink = request.sink && holdUntilStarted(request.sink, child, folder);
  const output = new ExecOutput(streams.outputs, sink);
  const sizes = child.stdio[ENGINE_DESCRIPTOR] as Writable;
  sizes.on('error', () => {});
  const ended = waitForExitCode(child, folder, output, group).finally(() => {
    streams.input?.close();
    sizes.destroy();
  });
  return {
    write: async (chunk) => streams.input?.write(chunk),
    end: () => streams.input?.end(),
    resize: (columns, rows) => void (request.tty && sizes.write(`${columns} ${rows}\n`)),
    kill: (signal) => kill(child, { id: target.id, folder, group }, signal),
    detach: () => output.discard(),
    ended,
  };
}

async function waitUntilStarted(child: ChildProcess, folder: string): Promise<void> {
  child.unref();
  while (numberIn(join(folder, 'pid')) === undefined) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw execFailure(lastError(join(folder, 'runtime.log')) ?? `exit code ${child.exitCode}`);
    }
    await sleep(POLL_MS);
  }
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Waits until the program has started, and sends it the signal; it may have ended before. What a terminal sends to all that
 * runs in its foreground goes to all that the program has started: a shell passes none of it on.
 */
async function kill(
  child: ChildProcess,
  { id, folder, group }: { readonly id: string; readonly folder: string; readonly group: ExecGroup | undefined },
  signal: NodeJS.Signals | number,
): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const pid = numberIn(join(folder, 'pid'));
    if (pid !== undefined) {
      if (group && ENDING_SIGNALS.has(signal)) return signalMembers(group.name, signal, pid);
      const program = memberWithPid(id, pid);
      if (program) signalProcess(program, signal);
      return;
    }
    await sleep(POLL_MS);
  }
}

function spawnMonitor(
  config: Config,
  { id, init, oomScoreAdj }: ExecPlan,
  folder: string,
  { tty, detach, size = DEFAULT_TERMINAL_SIZE }: ExecRequest,
  stdio: readonly (number | 'pipe' | 'ignore')[],
  group?: ExecGroup,
): ChildProcess {
  const runtime = probeRuntime();
  const command = withOomScore(oomScoreAdj, [
    ...runtimeCommand(config, runtime, join(folder, 'runtime.log')),
    ...[
      'exec',
      ...(group?.options ?? []),
      '--process',
      join(folder, 'process.json'),
      '--pid-file',
      join(folder, 'pid'),
    ],
    ...(detach && !tty ? ['--detach'] : []),
    ...(tty && runtime.sendsConsole ? ['--console-socket', join(folder, CONSOLE_SOCKET)] : []),
    id,
  ]);
  const how = runtime.sendsConsole ? 'console' : 'pass';
  const sizeWords = [String(size.columns), String(size.rows)];
  const host = [PTY_HOST_EXEC, how, detach ? 'detached' : 'attached', folder, group?.name ?? '', ...sizeWords];
  const [program = '', ...args] = tty
    ? [process.execPath, ...SHORT_LIVED_NODE, ...host, ...command]
    : detach
      ? command
      : [SHELL, '-c', EXEC_MONITOR_SCRIPT, 'gantry-exec', folder, ...command];
  return inPrivateNamespaces({ network: { of: init }, cgroups: runtime.cgroups }, () => {
    group?.enter();
    return spawnProgram(program, args, { detached: true, cwd: '/', env: { PATH }, stdio: [...stdio] });
  });
}
