import { endedProcess, isAlive, isSelf, ownIdentity, type ProcessIdentity } from '../../../host/index.js';
import { memberWithPid } from '../cgroups/index.js';
import { type Bundle, killAbandonedExecs } from '../host/index.js';
import { PidFileWatcher } from '../launch/index.js';
import { repairLog } from '../logs/index.js';
import type { StoredContainer } from '../records/index.js';
import type { Attempts } from './attempts.js';
import { settlePause } from './container-pauser.js';
import { ContainerRun } from './container-run.js';
import type { RunDependencies, SupervisorHooks } from './dependencies.js';
import type { OwnRuns } from './own-runs.js';
import { openOutputPump, reopenStdin } from './run-streams.js';
import { forAtMost } from './time-limit.js';

const END_WAIT_MS = 1000;

/** Takes over the runs of engine processes that have died. */
export class Adoption {
  constructor(
    private readonly services: RunDependencies,
    private readonly attempts: Attempts,
    private readonly runs: OwnRuns,
    private readonly hooks: Pick<SupervisorHooks, 'stopUnhealthy'>,
  ) {}

  /**
   * Finds the runs whose engine process is dead, which this one is not. The daemon adopts them; a local call, which ends
   * soon, only records those that have ended. A container whose processes cannot be looked at is left as it is.
   */
  async adoptOrphans(): Promise<void> {
    for (const container of this.services.store.active()) {
      await this.attempts.once(container.id, () => this.#adoptIfOrphaned(container));
    }
  }

  async #adoptIfOrphaned(container: StoredContainer): Promise<void> {
    const { store, config, files } = this.services;
    if (hasOwner(container)) return;
    const runs = isRunning(container, files.bundleOf(container.id));
    if (runs && !config.daemon) {
      this.#recordStarted(container);
      return;
    }
    const claimed = store.claimFrom(container, ownIdentity());
    if (claimed) await this.#adopt(claimed, runs, container.boot);
  }

  /** Its engine may have been killed before it could record that the program runs. */
  #recordStarted(container: StoredContainer): void {
    const pid = this.services.files.bundleOf(container.id).pid();
    const init = pid === undefined ? undefined : memberWithPid(container.id, pid);
    if (container.status === 'starting' && init) this.services.store.setRunning(container, init);
  }

  /** An error affects only this one run: it is recorded as ended, or left for the next look. */
  async #adopt(container: StoredContainer, lives: boolean, boot: string): Promise<void> {
    const bundle = this.services.files.bundleOf(container.id);
    try {
      await this.#resume(container, bundle, lives, boot);
    } catch (error) {
      this.services.log.warn(`container ${container.id}: cannot be taken over: ${String(error)}`);
      if (lives) this.services.store.releaseOwnership(container);
      else await this.runs.recordExit(container, bundle, boot);
    }
  }

  async #resume(container: StoredContainer, bundle: Bundle, lives: boolean, boot: string): Promise<void> {
    const { id, config } = container;
    if (!container.monitor || !bundle.exists()) {
      repairLog(this.services.files.pathsOf(id).log);
      return this.runs.recordExit(container, bundle, boot);
    }
    const input = lives ? reopenStdin(container, bundle) : undefined;
    const run = new ContainerRun(bundle, openOutputPump(this.services, container, bundle), input, config.tty);
    this.runs.oom.adopt(container, bundle);
    this.runs.add(id, run);
    this.runs.recordExitAtEnd(container, run);
    if (lives) await this.#resumeLiving(container, run);
    else await this.#awaitEnd(container, run);
  }

  async #resumeLiving(container: StoredContainer, run: ContainerRun): Promise<void> {
    const { id } = container;
    settlePause(this.services.store, container);
    // It was being restarted.
    if (container.restartAt) void this.attempts.once(id, () => this.hooks.stopUnhealthy(id));
    await this.attempts.once(id, () => killAbandonedExecs(id, run.bundle));
    void this.attempts.once(id, () => this.#recordStart(container, run));
  }

  async #recordStart(container: StoredContainer, run: ContainerRun): Promise<void> {
    const { id } = container;
    const init = container.init ?? (await firstProcessOf(id, run));
    if (!init) return;
    this.services.store.setRunning(container, init);
    this.runs.endWithInit(id, run, { init, monitor: container.monitor });
    this.runs.startHealthChecks(id, run);
  }

  async #awaitEnd({ id, monitor }: StoredContainer, run: ContainerRun): Promise<void> {
    this.runs.endWithInit(id, run, { init: undefined, monitor });
    await forAtMost(END_WAIT_MS, (signal) => run.waitForEnd(signal));
  }
}

/** Whether its owner lives. This process knows that of itself without a look. @throws where it cannot be looked at */
function hasOwner({ owner }: StoredContainer): boolean {
  return owner !== undefined && (isSelf(owner) || isAlive(owner));
}

/**
 * A monitor that only holds the output of an ended run does not count.
 * @throws where a process cannot be looked at: it may be alive
 */
export function isRunning({ id, monitor, init }: StoredContainer, bundle: Bundle): boolean {
  if (bundle.exitCode() !== undefined) return false;
  if ([monitor, init].some((process) => process && isAlive(process))) return true;
  const pid = bundle.pid();
  return pid !== undefined && memberWithPid(id, pid) !== undefined;
}

/**
 * The first process of a run that was taken over: the engine may have been killed before the runtime wrote the pid.
 * @returns undefined where the run has ended without one
 */
async function firstProcessOf(id: string, { bundle, output }: ContainerRun): Promise<ProcessIdentity | undefined> {
  using watcher = new PidFileWatcher(bundle);
  const pid = await watcher.waitForPid(output);
  return pid === undefined ? undefined : (memberWithPid(id, pid) ?? endedProcess(pid));
}
