import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signalProcess, spawned } from '../../../host/index.js';
import { firstError } from '../../../kernel/index.js';
import { killMembers, memberWithPid } from '../cgroups/index.js';
import type { HealthProbe, OciSpec } from '../contracts/index.js';
import {
  type Bundle,
  EXEC_PREFIX,
  type ExecGroup,
  makeExecGroup,
  numberIn,
  rlimits,
  runtimeJson,
  writeOwner,
} from '../host/index.js';
import { collectOutput, type RuntimeControl, waitForExit } from '../oci/index.js';
import type { HealthCheck } from './health-config.js';

/** Exit code of a check that has none: it took too long, or could not be run. */
const NONE = -1;

export interface CheckedContainer {
  readonly id: string;
  readonly bundle: Bundle;
  readonly check: HealthCheck;
  readonly control: Pick<RuntimeControl, 'spawn'>;
  /** A paused container cannot answer, and is not checked. */
  isPaused(): boolean;
}

/**
 * Runs the check once. One that cannot be run, for want of space, memory or descriptors, counts as failed, and its
 * output is the reason.
 * @returns undefined where the container is paused
 */
export async function probe(container: CheckedContainer, ended: AbortSignal): Promise<HealthProbe | undefined> {
  const start = Date.now();
  try {
    if (container.isPaused()) return undefined;
    return { start, ...(await result(container, ended)), end: Date.now() };
  } catch (thrown) {
    const error = firstError(thrown);
    const reason = error instanceof Error ? error.message : String(error);
    return { start, end: Date.now(), exitCode: NONE, output: `Health check could not be run: ${reason}` };
  }
}

type Result = Pick<HealthProbe, 'exitCode' | 'output'>;

/** In a folder and a control group as those of `exec`: if the engine dies, the next one ends the check by them. */
async function result(container: CheckedContainer, ended: AbortSignal): Promise<Result> {
  const { id, bundle, check } = container;
  const name = `${EXEC_PREFIX}${randomBytes(8).toString('hex')}`;
  const folder = join(bundle.path, name);
  using made = new DisposableStack();
  made.defer(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(folder, { mode: 0o700 });
  writeOwner(folder);
  const group = makeExecGroup(id, name);
  made.defer(() => group?.remove());
  const child = await spawned(spawnProbe(container, folder, group));
  // Children that it has left behind may hold the other ends.
  made.defer(() => void [child.stdout, child.stderr].map((stream) => stream?.destroy()));
  const output = collectOutput(child);
  const inTime = await Promise.race([waitForExit(child, output), deadline(check.timeout, ended, made)]);
  if (inTime) return inTime;
  await end(child, container, folder, group);
  const words = `Health check exceeded timeout (${check.timeout / 1000}s)`;
  return { exitCode: NONE, output: output() === '' ? words : `${words}: ${output()}` };
}

/** Resolves after a time, or when the run has ended. Nothing of it stays when the scope is left. */
function deadline(time: number, ended: AbortSignal, scope: DisposableStack): Promise<undefined> {
  return new Promise((resolve) => {
    const isOver = (): void => resolve(undefined);
    const timer = setTimeout(isOver, time).unref();
    scope.defer(() => clearTimeout(timer));
    ended.addEventListener('abort', isOver);
    scope.defer(() => ended.removeEventListener('abort', isOver));
    if (ended.aborted) isOver();
  });
}

/** Runs the check with the user, folder, environment and rights of the container's own program. */
function spawnProbe(
  { id, bundle, check, control }: CheckedContainer,
  folder: string,
  group: ExecGroup | undefined,
): ChildProcess {
  const { process } = JSON.parse(readFileSync(bundle.config, 'utf8')) as OciSpec;
  const { consoleSize: _, ...own } = process;
  const file = join(folder, 'process.json');
  // The engine's own limits may be lower than at the start of the run.
  const limits = rlimits(own.rlimits);
  const spec = { ...own, terminal: false, args: check.command, rlimits: limits };
  writeFileSync(file, runtimeJson(spec), { mode: 0o600 });
  const args = ['exec', ...(group?.options ?? []), '--process', file, '--pid-file', join(folder, 'pid'), id];
  return control.spawn(args, { enter: () => group?.enter(), oomScoreAdj: own.oomScoreAdj });
}

/** Ends the runtime, and all that the check has started. */
async function end(child: ChildProcess, { id }: CheckedContainer, folder: string, group?: ExecGroup): Promise<void> {
  child.kill('SIGKILL');
  if (group) return await killMembers(group.name);
  const pid = numberIn(join(folder, 'pid'));
  const program = pid === undefined ? undefined : memberWithPid(id, pid);
  if (program) signalProcess(program, 'SIGKILL');
}
