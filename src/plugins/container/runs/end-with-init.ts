import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, openProcess, type ProcessIdentity } from '../../../host/index.js';
import { killMembers } from '../cgroups/index.js';
import type { ContainerRun } from './container-run.js';

const POLL_MS = 100;
/** For the runtime to clean up, and the monitor to write the exit code. */
const PATIENCE_POLLS = 300;

/** The processes of a run on the host. */
export interface RunProcesses {
  /** Undefined where it has ended. */
  readonly init: ProcessIdentity | undefined;
  readonly monitor: ProcessIdentity | undefined;
}

/**
 * Sees to it that a run ends with its first process. Without a process namespace of its own other members of its control
 * group would go on: they are killed. A process elsewhere that got hold of its output is not waited for, and neither is a
 * runtime that hangs.
 */
export async function endWithInit(id: string, run: ContainerRun, { init, monitor }: RunProcesses): Promise<void> {
  const { bundle, output, tty } = run;
  if (init) await endOf(init, output.finished);
  if (await settles(output.finished)) return;
  await killMembers(id);
  for (let poll = 0; poll < PATIENCE_POLLS && bundle.exitCode() === undefined; poll++) {
    if (await settles(output.finished)) return;
    if (!monitor || !isAlive(monitor)) break;
  }
  // A monitor that holds a terminal has to read that to its end.
  if (tty && bundle.exitCode() !== undefined) return;
  if (!(await settles(output.finished))) output.abandon();
}

/** Resolves at once for a process that has ended. @throws where it cannot be looked at */
async function endOf(process: ProcessIdentity, orElse: Promise<void>): Promise<void> {
  using held = openProcess(process);
  if (held) await Promise.race([new Promise<void>((resolve) => held.onEnd(resolve)), orElse]);
}

async function settles(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), sleep(POLL_MS, false, { ref: false })]);
}
