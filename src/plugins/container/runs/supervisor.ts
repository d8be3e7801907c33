import { setTimeout as sleep } from 'node:timers/promises';
import {
  endedProcess,
  identify,
  isAlive,
  isSelf,
  ownIdentity,
  type ProcessIdentity,
  signalProcess,
} from '../../../host/index.js';
import { firstError, GantryError } from '../../../kernel/index.js';
import { type Attachment, type ExitStatus, isActive, type StartOptions } from '../contracts/index.js';
import { startHealthChecks } from '../health/index.js';
import {
  type Bundle,
  groupIds,
  killAbandonedExecs,
  killRun,
  memberWithPid,
  releaseUnknownRun,
  removeControlGroups,
} from '../host/index.js';
import { bufferUntilStarted, type Monitor, networkContainerOf, PidFileWatcher, startMonitor } from '../launch/index.js';
import { repairLog } from '../logs/index.js';
import { exitCodeOfFailure, startFailure } from '../oci/index.js';
import { hasNetwork } from '../parsers/index.js';
import { alreadyRunning, type StoredContainer } from '../records/index.js';
import { ContainerRun } from './container-run.js';
import type { RunDependencies, SupervisorHooks } from './dependencies.js';
import { endWithInit } from './end-with-init.js';
import { readExitStatus } from './exit-status.js';
import { OomRecorder } from './oom-recorder.js';
import { isRunning, resumeTransientPause } from './orphans.js';
import { RestartScheduler } from './restart-scheduler.js';
import { openOutputPump, reopenStdin } from './run-streams.js';

const SCAN_INTERVAL_MS = 1000;

/** Starts runs, reads their output, and records their exit; adopts runs whose engine process has died. */
export class Supervisor {
  readonly #runs = new Map<string, ContainerRun>();
  /** Ended containers whose bundle could not be released yet. */
  readonly #unreleased = new Set<string>();
  readonly #restarts: RestartScheduler;
  readonly #oom: OomRecorder;
  #scanTimer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(
    private readonly services: RunDependencies,
    private readonly hooks: SupervisorHooks,
  ) {
    this.#restarts = new RestartScheduler(services.store, (id) => this.#relaunch(id));
    this.#oom = new OomRecorder(services, (id) => this.#runs.has(id));
  }

  /** The run of a container, if this process owns it. */
  runOf(id: string): ContainerRun | undefined {
    return this.#runs.get(id);
  }

  async launch(container: StoredContainer, options: StartOptions): Promise<Attachment> {
    if (!this.services.store.claimForStart(container.id, ownIdentity())) {
      if (!this.services.store.byId(container.id))
        throw new GantryError('not found', `No such container: ${container.id}`);
      throw alreadyRunning(container);
    }
    return this.#launchClaimed(container, options);
  }

  /** Starts a container by its restart policy. An error is in the container's row, and the start is tried again. */
  async #relaunch(id: string): Promise<void> {
    const { store, log } = this.services;
    const container = store.byId(id);
    if (!container || !store.claimForRestart(id, ownIdentity())) return;
    await this.#launchClaimed(container, {}).catch((error) => log.warn(`container ${id}: restart: ${String(error)}`));
  }

  async #launchClaimed(container: StoredContainer, options: StartOptions): Promise<Attachment> {
    const bundle = this.services.files.bundleOf(container.id);
    try {
      return await this.#launch(container, bundle, options);
    } catch (thrown) {
      const error = firstError(thrown);
      await this.#undoFailedStart(container, bundle, error);
      throw error;
    }
  }

  /**
   * Starts a claimed container. The order is what a crash in between relies on:
   * 1. allocate address and ports, 2. start the monitor, whose program waits, 3. record it, 4. read its output and
   * connect its network, 5. release it and wait for the pid, 6. record that the program runs.
   */
  async #launch(container: StoredContainer, bundle: Bundle, { sink, size }: StartOptions): Promise<Attachment> {
    const { id, config } = container;
    const { network, store } = this.services;
    const networkContainer = networkContainerOf(config, this.services);
    const lease = hasNetwork(config.network) ? await network.allocate(id, config.ports) : undefined;
    const launch = { lease, networkContainer, size };
    using started = new DisposableStack();
    const { monitor, input } = await startMonitor(this.services, container, bundle, launch);
    started.use(monitor);
    started.defer(() => input?.close());
    store.setMonitor(id, monitor.identity, lease);
    this.#oom.begin(container, bundle);
    const run = new ContainerRun(bundle, openOutputPump(this.services, container, bundle), input, config.tty);
    const buffered = bufferUntilStarted(sink ?? (() => undefined));
    const attachment = run.attach(buffered.sink);
    if (!sink) attachment.detach();
    this.#runs.set(id, run);
    if (lease) await network.connect(id, lease, monitor.identity.pid);
    if (config.network === 'none') await network.loopbackOnly(monitor.identity.pid);
    const init = await releaseAndWait(monitor, run);
    if (!init) {
      // A runtime that cannot start the program writes the reason into the output, too: the client sees it once.
      attachment.detach();
      throw startFailure(bundle);
    }
    store.setRunning(id, init, { attached: sink !== undefined });
    this.#recordExitAtEnd(container, run);
    this.#endWithInit(id, run, init);
    this.#startHealthChecks(id, run);
    buffered.release();
    started.move();
    return attachment;
  }

  #startHealthChecks(id: string, run: ContainerRun): void {
    const { store, control } = this.services;
    const attempt = (work: () => Promise<unknown>): Promise<boolean> => this.#attempt(id, work);
    run.healthChecker = startHealthChecks(id, run.bundle, {
      store,
      control,
      attempt,
      stopUnhealthy: () => this.hooks.stopUnhealthy(id),
    });
  }

  #recordExitAtEnd(container: StoredContainer, run: ContainerRun): void {
    void run.output.finished.then(() => this.#recordExit(container, run.bundle));
  }

  #endWithInit(id: string, run: ContainerRun, init: ProcessIdentity | undefined): void {
    void this.#persist(id, () => endWithInit(id, run, init));
  }

  /** Records the exit of a run, and releases its resources. */
  async #recordExit(container: StoredContainer, bundle: Bundle): Promise<void> {
    let end: ExitStatus | undefined;
    await this.#persist(container.id, async () => {
      // The run was adopted before any process recorded that it was running: it has started before it died.
      const pid = container.status === 'starting' ? bundle.pid() : undefined;
      if (pid !== undefined) this.services.store.setRunning(container.id, endedProcess(pid));
      if (bundle.exitCode() === undefined) await this.#kill(container.id, bundle);
      end = { ...readExitStatus(bundle), oomKilled: this.#oom.hasKilled(container.id, bundle) };
    });
    if (end) await this.#finish(container, bundle, end);
  }

  /** Kills all that belongs to a run. */
  async #kill(id: string, bundle: Bundle): Promise<void> {
    const row = this.services.store.byId(id);
    for (const process of [row?.init, row?.monitor]) if (process) signalProcess(process, 'SIGKILL');
    await killRun(id, bundle);
  }

  /** Undoes a failed start; only the reason stays. */
  async #undoFailedStart(container: StoredContainer, bundle: Bundle, error: unknown): Promise<void> {
    await this.#persist(container.id, () => this.#kill(container.id, bundle));
    const message = error instanceof Error ? error.message : String(error);
    await this.#finish(container, bundle, { exitCode: exitCodeOfFailure(error), error: message });
  }

  /** Callers that wait for the end are notified, whatever fails on the way. */
  async #finish(container: StoredContainer, bundle: Bundle, end: ExitStatus): Promise<void> {
    const { id, config } = container;
    const run = this.#runs.get(id);
    await this.#attempt(id, () => this.services.network.release(id));
    // The runtime leaves groups that the container has made below its own, as systemd does. Before the next run.
    await this.#attempt(id, async () => removeControlGroups(id, false));
    // The bundle holds the exit code until the database does: on a full disk that takes a while.
    if (!(await this.#persist(id, async () => this.services.store.setEnded(id, end)))) return;
    this.#runs.delete(id);
    this.#oom.end(id);
    run?.healthChecker?.stop();
    if (!(await this.#attempt(id, async () => bundle.release()))) this.#unreleased.add(id);
    if (config.autoRemove) await this.#attempt(id, () => this.hooks.removeEnded(container));
    run?.end(end);
    this.#restarts.startDue();
  }

  /** False where it failed; the log says why. */
  async #attempt(id: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.services.log.warn(`container ${id}: ${String(error)}`);
      return false;
    }
  }

  /** Tries until it succeeds. False where this process stops before. */
  async #persist(id: string, work: () => Promise<unknown>): Promise<boolean> {
    while (!(await this.#attempt(id, work))) {
      if (this.#stopping) return false;
      await sleep(SCAN_INTERVAL_MS);
    }
    return true;
  }

  /** At start: adopts the runs of dead processes, and releases resources that no container has. */
  async reconcile(): Promise<void> {
    await this.adoptOrphans();
    if (!this.services.config.daemon) return;
    await this.services.network.reconcile(this.services.store.active().map(({ id }) => id));
    this.services.files.deleteOrphans(
      (id) => this.services.store.has(id) || (!this.services.removed.has(id) && this.hooks.recover(id)),
      (id) => this.services.removed.has(id),
      (error) => this.services.log.warn(`sweep: ${String(error)}`),
    );
    const left = new Set([...this.services.files.bundleIds(), ...groupIds()]);
    for (const container of this.services.store.list()) {
      const { id } = container;
      // Its engine was killed between recording the end and releasing the monitor.
      const release = (): Promise<void> => releaseUnknownRun(id, this.services.files.bundleOf(id));
      if (!isActive(container) && left.has(id)) await this.#attempt(id, release);
      const isLeft = container.status === 'exited' && container.config.autoRemove;
      if (isLeft) await this.#attempt(container.id, () => this.hooks.removeEnded(container));
    }
    this.#restarts.start();
    const look = (): Promise<boolean> => this.#attempt('*', () => this.#scan());
    this.#scanTimer = setInterval(look, SCAN_INTERVAL_MS).unref();
  }

  /** Records what the kernel has killed since the last look. */
  lookForOomKills(): void {
    this.#oom.look();
  }

  async #scan(): Promise<void> {
    this.#oom.look();
    await this.adoptOrphans();
    for (const id of this.#unreleased) await this.#attempt(id, async () => this.#releaseAgain(id));
    // A local call leaves the next run of its container to the daemon.
    this.#restarts.startDue();
  }

  /** Its next start has released it, too. */
  #releaseAgain(id: string): void {
    const container = this.services.store.byId(id);
    if (!container || !isActive(container)) this.services.files.bundleOf(id).release();
    this.#unreleased.delete(id);
  }

  /**
   * Finds the runs whose engine process is dead. The daemon adopts them; a local call, which ends soon, only records
   * those that have ended. A container whose processes cannot be looked at is left as it is.
   */
  async adoptOrphans(): Promise<void> {
    for (const container of this.services.store.active()) {
      if (isSelf(container.owner)) continue;
      await this.#attempt(container.id, () => this.#adoptIfOrphaned(container));
    }
  }

  async #adoptIfOrphaned(container: StoredContainer): Promise<void> {
    const { id, owner } = container;
    if (owner && isAlive(owner)) return;
    const runs = isRunning(container, this.services.files.bundleOf(id));
    if (runs && !this.services.config.daemon) this.#recordStarted(container);
    else if (this.services.store.claimFrom(id, owner, ownIdentity())) await this.#adopt(container, runs);
  }

  /** Its engine may have been killed before it could record that the program runs. */
  #recordStarted({ id, status }: StoredContainer): void {
    const pid = this.services.files.bundleOf(id).pid();
    const init = pid === undefined ? undefined : memberWithPid(id, pid);
    if (status === 'starting' && init) this.services.store.setRunning(id, init);
  }

  /** An error affects only this one run: it is recorded as ended, or left for the next scan. */
  async #adopt(container: StoredContainer, lives: boolean): Promise<void> {
    const bundle = this.services.files.bundleOf(container.id);
    try {
      await this.#resumeRun(container, bundle, lives);
    } catch (error) {
      this.services.log.warn(`container ${container.id}: cannot be taken over: ${String(error)}`);
      if (lives) this.services.store.releaseOwnership(container.id);
      else await this.#recordExit(container, bundle);
    }
  }

  async #resumeRun(container: StoredContainer, bundle: Bundle, lives: boolean): Promise<void> {
    if (!container.monitor || !bundle.exists()) return this.#recordExit(container, bundle);
    repairLog(this.services.files.pathsOf(container.id).log);
    const input = lives ? reopenStdin(container, bundle) : undefined;
    const run = new ContainerRun(bundle, openOutputPump(this.services, container, bundle), input, container.config.tty);
    this.#oom.adopt(container, bundle);
    this.#runs.set(container.id, run);
    this.#recordExitAtEnd(container, run);
    if (lives) await resumeTransientPause(this.services, container);
    if (lives) {
      await this.#attempt(container.id, () => killAbandonedExecs(container.id, bundle));
      void this.#attempt(container.id, () => this.#recordStartLater(container, run));
      return;
    }
    this.#endWithInit(container.id, run, undefined);
    await Promise.race([run.ended, sleep(SCAN_INTERVAL_MS)]);
  }

  /** The engine may have been killed before the runtime wrote the pid: waits for it. */
  async #recordStartLater({ id, init: known }: StoredContainer, run: ContainerRun): Promise<void> {
    using watcher = new PidFileWatcher(run.bundle);
    const pid = await watcher.waitForPid(run.output);
    if (pid === undefined) return;
    const init = known ?? memberWithPid(id, pid) ?? endedProcess(pid);
    this.services.store.setRunning(id, init);
    this.#endWithInit(id, run, init);
    this.#startHealthChecks(id, run);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#scanTimer);
    this.#restarts.stop();
    for (const run of this.#runs.values()) run.healthChecker?.stop();
    this.#oom.stop();
    // The next daemon deletes what this one leaves in the trash.
    if (!this.services.config.daemon) await this.services.files.deletionsDone();
  }
}

/** @returns the container's first process; undefined where the run has ended without one */
async function releaseAndWait(
  monitor: Monitor,
  { bundle, output }: ContainerRun,
): Promise<ProcessIdentity | undefined> {
  using watcher = new PidFileWatcher(bundle);
  monitor.release();
  return identityOf(await watcher.waitForPid(output));
}

/** A process that has ended by now is known by its pid alone. */
function identityOf(pid: number | undefined): ProcessIdentity | undefined {
  return pid === undefined ? undefined : (identify(pid) ?? endedProcess(pid));
}
