import { setTimeout as sleep } from 'node:timers/promises';
import { openProcess, type ProcessIdentity } from '../../../host/index.js';
import { killMembers } from '../host/index.js';
import type { ContainerRun } from './container-run.js';

const POLL_MS = 100;
/** For the monitor to write the exit code, and for the last output. */
const PATIENCE_POLLS = 50;

/**
 * Sees to it that a run ends with its first process. Without a process namespace of its own other members of its control
 * group would go on: they are killed. A process elsewhere that got hold of its output is not waited for.
 * @param init undefined where it has ended
 */
export async function endWithInit(id: string, run: ContainerRun, init: ProcessIdentity | undefined): Promise<void> {
  const { finished } = run.output;
  if (init) await endOf(init, finished);
  if (await settles(finished)) return;
  await killMembers(id);
  for (let poll = 0; poll < PATIENCE_POLLS && run.bundle.exitCode() === undefined; poll++) {
    if (await settles(finished)) return;
  }
  if (!(await settles(finished))) run.output.abandon();
}

/** Resolves at once for a process that has ended. @throws where it cannot be looked at */
async function endOf(process: ProcessIdentity, orElse: Promise<void>): Promise<void> {
  using held = openProcess(process);
  if (held) await Promise.race([new Promise<void>((resolve) => held.onEnd(resolve)), orElse]);
}

async function settles(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), sleep(POLL_MS, false, { ref: false })]);
}
