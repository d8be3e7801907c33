import { setTimeout as sleep } from 'node:timers/promises';
import { endedProcess, ownIdentity, type ProcessIdentity, signalProcess } from '../../../host/index.js';
import { firstError } from '../../../kernel/index.js';
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
import { bufferUntilStarted, networkContainerOf, startMonitor } from '../launch/index.js';
import { repairLog } from '../logs/index.js';
import { exitCodeOfFailure, startFailure } from '../oci/index.js';
import { hasNetwork } from '../parsers/index.js';
import { alreadyRunning, cannotStartPaused, runTakenOver, type StoredContainer } from '../records/index.js';
import { settlePause } from './container-pauser.js';
import { ContainerRun } from './container-run.js';
import type { RunDependencies, SupervisorHooks } from './dependencies.js';
import { endWithInit } from './end-with-init.js';
import { readExitStatus } from './exit-status.js';
import { firstProcessOf, releaseAndWait } from './first-process.js';
import { OomRecorder } from './oom-recorder.js';
import { hasOwner, isRunning } from './orphans.js';
import { PendingReleases } from './pending-releases.js';
import { RestartScheduler } from './restart-scheduler.js';
import { openOutputPump, reopenStdin } from './run-streams.js';
import { forAtMost } from './time-limit.js';

const SCAN_INTERVAL_MS = 1000;
const SETTLE_POLL_MS = 50;

/** Starts runs, reads their output, and records their exit; adopts runs whose engine process has died. */
export class Supervisor {
  readonly #runs = new Map<string, ContainerRun>();
  readonly #restarts: RestartScheduler;
  /** Restarts under way. */
  readonly #relaunching = new Set<string>();
  readonly #ending = new AbortController();
  readonly #oom: OomRecorder;
  readonly #releases: PendingReleases;
  #scanTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly services: RunDependencies,
    private readonly hooks: SupervisorHooks,
  ) {
    this.#restarts = new RestartScheduler(services.store, (id) => this.#relaunch(id));
    this.#oom = new OomRecorder(services, (id) => this.#runs.has(id));
    this.#releases = new PendingReleases(services);
  }

  /** The run of a container, if this process owns it. */
  runOf(id: string): ContainerRun | undefined {
    return this.#runs.get(id);
  }

  async launch(container: StoredContainer, options: StartOptions): Promise<Attachment> {
    const { database, store, locks } = this.services;
    if (!container.stopped) this.#refuseIfRunning(container);
    using _lock = await locks.take(container, 'exclusive', 'start', options);
    for (;;) {
      const claimed = await database.patiently(() => store.claimForStart(container.id, ownIdentity()));
      if (claimed) return await this.#launchClaimed(claimed, options);
      this.#refuseIfRunning(store.find(container.id));
      // Its program has ended, and another process is just recording that.
      options.gone?.throwIfAborted();
      await sleep(SETTLE_POLL_MS);
      await this.adoptOrphans();
    }
  }

  #refuseIfRunning(container: StoredContainer): void {
    const { files, store } = this.services;
    if (!isActive(container) || !isRunning(container, files.bundleOf(container.id))) return;
    throw container.paused && !store.isTransientPause(container.id) ? cannotStartPaused() : alreadyRunning(container);
  }

  /** Starts a container by its restart policy. An error is in the container's row, and the start is tried again. */
  async #relaunch(id: string): Promise<void> {
    const { database, store, locks, log } = this.services;
    if (this.#relaunching.has(id)) return;
    this.#relaunching.add(id);
    try {
      using _lock = await locks.take({ id, name: id }, 'exclusive', 'start', { gone: this.#ending.signal });
      const claimed = await database.patiently(() => store.claimForRestart(id, ownIdentity()));
      if (claimed) await this.#launchClaimed(claimed, {});
    } catch (error) {
      if (!this.#ending.signal.aborted) log.warn(`container ${id}: restart: ${String(error)}`);
    } finally {
      this.#relaunching.delete(id);
    }
  }

  async #launchClaimed(container: StoredContainer, options: StartOptions): Promise<Attachment> {
    const bundle = this.services.files.bundleOf(container.id);
    try {
      return await this.#launch(container, bundle, options);
    } catch (thrown) {
      const error = firstError(thrown);
      await this.#attempt(container.id, () => this.#undoFailedStart(container, bundle, error));
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
    const { network, store, database } = this.services;
    const networkContainer = networkContainerOf(config, this.services);
    const lease = hasNetwork(config.network) ? await network.allocate(id, config.ports) : undefined;
    const launch = { lease, networkContainer, size };
    using started = new DisposableStack();
    const { monitor, input } = await startMonitor(this.services, container, bundle, launch);
    started.use(monitor);
    started.defer(() => input?.close());
    const isOwner = await database.patiently(() => store.setMonitor(container, monitor.identity, lease));
    if (!isOwner) throw runTakenOver(container);
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
    const running = await database.patiently(() => store.setRunning(container, init, { attached: sink !== undefined }));
    if (!running && !store.owns(container)) throw runTakenOver(container);
    this.#recordExitAtEnd({ ...container, status: 'running' }, run);
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

  /**
   * Records the exit of a run, and releases its resources.
   * @param boot in which it ran
   */
  async #recordExit(container: StoredContainer, bundle: Bundle, boot = container.boot): Promise<void> {
    let end: ExitStatus | undefined;
    await this.#persist(container.id, async () => {
      // The run was adopted before any process recorded that it was running: it has started before it died.
      const pid = container.status === 'starting' ? bundle.pid() : undefined;
      if (pid !== undefined) this.services.store.setRunning(container, endedProcess(pid));
      if (bundle.exitCode() === undefined) await this.#kill(container, bundle, boot);
      end = { ...readExitStatus(bundle, boot), oomKilled: this.#oom.hasKilled(container.id, bundle) };
    });
    if (end) await this.#finish(container, bundle, end);
  }

  /** Kills all that belongs to a run. @param boot in which it ran */
  async #kill({ id }: StoredContainer, bundle: Bundle, boot: string): Promise<void> {
    const row = this.services.store.byId(id);
    for (const process of [row?.init, row?.monitor]) if (process) signalProcess({ ...process, boot }, 'SIGKILL');
    await killRun(id, bundle);
  }

  /** Undoes a failed start; only the reason stays. */
  async #undoFailedStart(container: StoredContainer, bundle: Bundle, error: unknown): Promise<void> {
    // The bundle is another's by now, and what runs from it.
    if (!this.services.store.owns(container)) return;
    await this.#persist(container.id, () => this.#kill(container, bundle, container.boot));
    const message = error instanceof Error ? error.message : String(error);
    await this.#finish(container, bundle, { exitCode: exitCodeOfFailure(error), error: message });
  }

  /** Ends a start that hangs: without its monitor and its runtime it fails, whoever else may hold its output. */
  async abortStart(container: StoredContainer): Promise<void> {
    if (container.monitor) signalProcess(container.monitor, 'SIGKILL');
    await killRun(container.id, this.services.files.bundleOf(container.id));
    this.#runs.get(container.id)?.output.abandon();
  }

  /**
   * Callers that wait for the end are notified, whatever fails on the way. Where another process has taken the run over,
   * nothing of it is touched.
   */
  async #finish(container: StoredContainer, bundle: Bundle, end: ExitStatus): Promise<void> {
    const { id, config } = container;
    const { database, store, network } = this.services;
    const run = this.#runs.get(id);
    let isOwner = true;
    // Where it fails, `PendingReleases` finds what is still held.
    await this.#attempt(id, async () => {
      if (!store.owns(container)) return;
      // The runtime leaves groups that the container has made below its own, as systemd does. Before the next run.
      removeControlGroups(id, false);
      await network.release(id);
    });
    const record = async (): Promise<void> => {
      isOwner = await database.patiently(() => store.setEnded(container, end, run?.ranMs));
    };
    // The bundle holds the exit code until the database does: on a full disk that takes a while.
    if (!(await this.#persist(id, record))) return;
    this.#runs.delete(id);
    this.#oom.end(id);
    run?.healthChecker?.stop();
    const release = async (): Promise<void> => store.whileEnded(container, () => bundle.release());
    if (isOwner) await this.#releases.attempt(`container ${id}: run folder`, release);
    if (isOwner && config.autoRemove) await this.#removeEnded(container);
    run?.end(end);
    this.#restarts.startDue();
  }

  #removeEnded(container: StoredContainer): Promise<void> {
    return this.#releases.attempt(`container ${container.id}: removal`, () => this.hooks.removeEnded(container));
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
      if (this.#ending.signal.aborted) return false;
      await sleep(SCAN_INTERVAL_MS);
    }
    return true;
  }

  /** At start: adopts the runs of dead processes, and releases resources that no container has. */
  async reconcile(): Promise<void> {
    const { files, removed, store } = this.services;
    const isKnown = (id: string): boolean => store.has(id);
    const isRemoved = (id: string): boolean => removed.has(id);
    files.putBack(isKnown, isRemoved);
    const failed = (error: unknown): void => this.services.log.warn(`sweep: ${String(error)}`);
    files.emptyTrash(failed);
    await this.adoptOrphans();
    if (!this.services.config.daemon) return this.#releases.retry();
    await this.services.network.reconcile([...store.activeIds()]);
    const isWanted = (id: string): boolean => isKnown(id) || (!isRemoved(id) && this.hooks.recover(id));
    files.deleteOrphans(isWanted, isRemoved, failed);
    const left = new Set([...files.bundleIds(), ...groupIds()]);
    for (const container of this.services.store.list()) {
      // Its engine was killed between recording the end and releasing the monitor.
      if (!isActive(container) && left.has(container.id))
        void this.#attempt(container.id, () => this.#reapEnded(container));
      const isLeft = container.status === 'exited' && container.config.autoRemove;
      if (isLeft) await this.#removeEnded(container);
    }
    this.#restarts.start();
    const look = (): Promise<boolean> => this.#attempt('*', () => this.#scan());
    this.#scanTimer = setInterval(look, SCAN_INTERVAL_MS).unref();
  }

  /** Under the lock, since another process may be about to start it. */
  async #reapEnded(container: StoredContainer): Promise<void> {
    const { store, files, locks } = this.services;
    using _lock = await locks.take(container, 'exclusive', 'start', { gone: this.#ending.signal });
    const now = store.byId(container.id);
    if (now && !isActive(now)) await releaseUnknownRun(container.id, files.bundleOf(container.id));
  }

  /** Records what the kernel has killed since the last look. */
  lookForOomKills(): void {
    this.#oom.look();
  }

  async #scan(): Promise<void> {
    this.#oom.look();
    await this.adoptOrphans();
    await this.#releases.retry();
    // A local call leaves the next run of its container to the daemon.
    this.#restarts.startDue();
  }

  /**
   * Finds the runs whose engine process is dead, which this one is not. The daemon adopts them; a local call, which ends
   * soon, only records those that have ended. A container whose processes cannot be looked at is left as it is.
   */
  async adoptOrphans(): Promise<void> {
    for (const container of this.services.store.active()) {
      await this.#attempt(container.id, () => this.#adoptIfOrphaned(container));
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

  /** An error affects only this one run: it is recorded as ended, or left for the next scan. */
  async #adopt(container: StoredContainer, lives: boolean, boot: string): Promise<void> {
    const bundle = this.services.files.bundleOf(container.id);
    try {
      await this.#resumeRun(container, bundle, lives, boot);
    } catch (error) {
      this.services.log.warn(`container ${container.id}: cannot be taken over: ${String(error)}`);
      if (lives) this.services.store.releaseOwnership(container);
      else await this.#recordExit(container, bundle, boot);
    }
  }

  async #resumeRun(container: StoredContainer, bundle: Bundle, lives: boolean, boot: string): Promise<void> {
    if (!container.monitor || !bundle.exists()) {
      repairLog(this.services.files.pathsOf(container.id).log);
      return this.#recordExit(container, bundle, boot);
    }
    const input = lives ? reopenStdin(container, bundle) : undefined;
    const run = new ContainerRun(bundle, openOutputPump(this.services, container, bundle), input, container.config.tty);
    this.#oom.adopt(container, bundle);
    this.#runs.set(container.id, run);
    this.#recordExitAtEnd(container, run);
    if (lives) settlePause(this.services.store, container);
    // It was being restarted.
    if (lives && container.restartAt) void this.#attempt(container.id, () => this.hooks.stopUnhealthy(container.id));
    if (lives) {
      await this.#attempt(container.id, () => killAbandonedExecs(container.id, bundle));
      void this.#attempt(container.id, () => this.#recordStartLater(container, run));
      return;
    }
    this.#endWithInit(container.id, run, undefined);
    await forAtMost(SCAN_INTERVAL_MS, (signal) => run.waitForEnd(signal));
  }

  async #recordStartLater(container: StoredContainer, run: ContainerRun): Promise<void> {
    const init = container.init ?? (await firstProcessOf(container.id, run));
    if (!init) return;
    this.services.store.setRunning(container, init);
    this.#endWithInit(container.id, run, init);
    this.#startHealthChecks(container.id, run);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    clearInterval(this.#scanTimer);
    this.#restarts.stop();
    for (const run of this.#runs.values()) run.healthChecker?.stop();
    this.#oom.stop();
    // The next daemon deletes what this one leaves in the trash.
    if (this.services.config.daemon) return;
    await this.#releases.retry();
    await this.services.files.deletionsDone();
  }
}
