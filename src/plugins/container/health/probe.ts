import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify } from '../../../host/index.js';
import type { HealthProbe, OciSpec } from '../contracts/index.js';
import type { Bundle } from '../host/index.js';
import { type RuntimeControl, waitForExit } from '../oci/index.js';
import type { HealthCheck } from './health-config.js';
import { killTree, processesWithArgument } from './process-tree.js';

/** Exit code of a check that has none: it took too long, or could not be begun. */
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
 * Runs the check once. One that cannot be begun, for want of space, memory or descriptors, counts as failed, and its
 * output is the reason.
 * @returns undefined where the container is paused
 */
export async function probe(container: CheckedContainer, ended: AbortSignal): Promise<HealthProbe | undefined> {
  const start = Date.now();
  try {
    if (container.isPaused()) return undefined;
    return { start, ...(await result(container, ended)), end: Date.now() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { start, end: Date.now(), exitCode: NONE, output: `Health check could not be run: ${reason}` };
  }
}

type Result = Pick<HealthProbe, 'exitCode' | 'output'>;

async function result(container: CheckedContainer, ended: AbortSignal): Promise<Result> {
  const { timeout } = container.check;
  const finished = new AbortController();
  const signal = AbortSignal.any([ended, finished.signal]);
  const child = spawnProbe(container);
  try {
    const deadline = sleep(timeout, undefined, { signal, ref: false }).catch(() => undefined);
    const inTime = await Promise.race([waitForExit(child), deadline]);
    return inTime ?? { exitCode: NONE, output: `Health check exceeded timeout (${timeout / 1000}s)` };
  } finally {
    finished.abort();
    end(child);
  }
}

/** Ends the checks of an engine that has died in them: nobody would end what hangs. */
export function endProbesOf(bundle: Bundle): void {
  for (const runtime of processesWithArgument(processFile(bundle))) killTree(runtime);
}

/** The program as the runtime reads it. This name in a command line is the mark of a check. */
function processFile(bundle: Bundle): string {
  return join(bundle.path, 'health.json');
}

/** Runs the check with the user, folder, environment and rights of the container's own program. */
function spawnProbe({ id, bundle, check, control }: CheckedContainer): ChildProcess {
  const { process } = JSON.parse(readFileSync(bundle.config, 'utf8')) as OciSpec;
  const { consoleSize: _, ...own } = process;
  const file = processFile(bundle);
  writeFileSync(file, JSON.stringify({ ...own, terminal: false, args: check.command }), { mode: 0o600 });
  return control.spawn('exec', '--process', file, id);
}

/** Ends the runtime and the programs that it runs in the container; a check that has ended has neither. */
function end(child: ChildProcess): void {
  // Until a child has been waited for, nobody else has its number.
  const isLeft = child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const runtime = isLeft && child.pid ? identify(child.pid) : undefined;
  try {
    if (runtime) killTree(runtime);
  } finally {
    child.kill('SIGKILL');
    // What has left the tree may hold the other ends.
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}
