import { setTimeout as sleep } from 'node:timers/promises';
import { endedProcess, identify, ownIdentity, type ProcessIdentity, signalProcess } from '../../../host/index.js';
import { firstError } from '../../../kernel/index.js';
import { groupIds } from '../cgroups/index.js';
import { type Attachment, isActive, type StartOptions } from '../contracts/index.js';
import { type Bundle, killRun, releaseUnknownRun } from '../host/index.js';
import {
  bufferUntilStarted,
  deviceSysctls,
  joinedContainersOf,
  type Monitor,
  PidFileWatcher,
  startMonitor,
} from '../launch/index.js';
import { startFailure } from '../oci/index.js';
import { hasNetwork } from '../parsers/index.js';
import { alreadyRunning, cannotStartPaused, runTakenOver, type StoredContainer } from '../records/index.js';
import { Adoption, isRunning } from './adoption.js';
import { Attempts } from './attempts.js';
import { ContainerRun } from './container-run.js';
import type { RunDependencies, SupervisorHooks } from './dependencies.js';
import { OwnRuns } from './own-runs.js';
import { RestartScheduler } from './restart-scheduler.js';
import { openOutputPump } from './run-streams.js';

const SCAN_INTERVAL_MS = 1000;
const SETTLE_POLL_MS = 50;

/** Starts runs, watches them until their end, and adopts those whose engine process has died. */
export class Supervisor {
  readonly #ending = new AbortController();
  readonly #attempts: Attempts;
  readonly #runs: OwnRuns;
  readonly #adoption: Adoption;
  readonly #restarts: RestartScheduler;
  /** Restarts under way. */
  readonly #relaunching = new Set<string>();
  #scanTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly services: RunDependencies,
    private readonly hooks: SupervisorHooks,
  ) {
    this.#restarts = new RestartScheduler(services.store, (id) => this.#relaunch(id));
    this.#attempts = new Attempts(services.log, this.#ending.signal);
    this.#runs = new OwnRuns(services, this.#attempts, {
      removeEnded: (container) => hooks.removeEnded(container),
      stopUnhealthy: (id) => hooks.stopUnhealthy(id),
      ended: () => this.#restarts.startDue(),
    });
    this.#adoption = new Adoption(services, this.#attempts, this.#runs, hooks);
  }

  /** The run of a container, if this process owns it. */
  runOf(id: string): ContainerRun | undefined {
    return this.#runs.of(id);
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
      await this.#attempts.once(container.id, () => this.#runs.undoFailedStart(container, bundle, error));
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
    const joined = joinedContainersOf(config, this.services);
    const lease = hasNetwork(config.network) ? await network.allocate(id, config.ports) : undefined;
    const launch = { lease, joined, size };
    using started = new DisposableStack();
    const { monitor, input } = await startMonitor(this.services, container, bundle, launch);
    started.use(monitor);
    started.defer(() => input?.close());
    const isOwner = await database.patiently(() => store.setMonitor(container, monitor.identity, lease));
    if (!isOwner) throw runTakenOver(container);
    this.#runs.oom.begin(container, bundle);
    const run = new ContainerRun(bundle, openOutputPump(this.services, container, bundle), input, config.tty);
    const buffered = bufferUntilStarted(sink ?? (() => undefined));
    const attachment = run.attach(buffered.sink);
    if (!sink) attachment.detach();
    this.#runs.add(id, run);
    if (lease) await network.connect(id, lease, monitor.identity.pid, deviceSysctls(config));
    if (config.network === 'none') await network.loopbackOnly(monitor.identity.pid);
    const init = await releaseAndWait(monitor, run);
    if (!init) {
      // A runtime that cannot start the program writes the reason into the output, too: the client sees it once.
      attachment.detach();
      throw startFailure(bundle);
    }
    const running = await database.patiently(() => store.setRunning(container, init, { attached: sink !== undefined }));
    if (!running && !store.owns(container)) throw runTakenOver(container);
    this.#runs.recordExitAtEnd({ ...container, status: 'running' }, run);
    this.#runs.endWithInit(id, run, { init, monitor: monitor.identity });
    this.#runs.startHealthChecks(id, run);
    buffered.release();
    started.move();
    return attachment;
  }

  /** Ends a start that hangs: without its monitor and its runtime it fails, whoever else may hold its output. */
  async abortStart(container: StoredContainer): Promise<void> {
    if (container.monitor) signalProcess(container.monitor, 'SIGKILL');
    await killRun(container.id, this.services.files.bundleOf(container.id));
    this.#runs.of(container.id)?.output.abandon();
  }

  /** At start: adopts the runs of dead processes, and releases resources that no container has. */
  async reconcile(): Promise<void> {
    const { files, removed, store } = this.services;
    const isKnown = (id: string): boolean => store.has(id);
    const isRemoved = (id: string): boolean => removed.has(id);
    files.putBack(isKnown, isRemoved);
    await this.adoptOrphans();
    if (!this.services.config.daemon) return this.#runs.releases.retry();
    await this.services.network.reconcile([...store.activeIds()]);
    const isWanted = (id: string): boolean => isKnown(id) || (!isRemoved(id) && this.hooks.recover(id));
    files.deleteOrphans(isWanted, isRemoved, (error) => this.services.log.warn(`sweep: ${String(error)}`));
    const left = new Set([...this.services.files.bundleIds(), ...groupIds()]);
    for (const container of this.services.store.list()) {
      // Its engine was killed between recording the end and releasing the monitor.
      if (!isActive(container) && left.has(container.id))
        void this.#attempts.once(container.id, () => this.#reapEnded(container));
      const isLeft = container.status === 'exited' && container.config.autoRemove;
      if (isLeft) await this.#runs.removeEnded(container);
    }
    this.#restarts.start();
    const look = (): Promise<boolean> => this.#attempts.once('*', () => this.#scan());
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
    this.#runs.oom.look();
  }

  async #scan(): Promise<void> {
    this.#runs.oom.look();
    await this.adoptOrphans();
    await this.#runs.releases.retry();
    // A local call leaves the next run of its container to the daemon.
    this.#restarts.startDue();
  }

  adoptOrphans(): Promise<void> {
    return this.#adoption.adoptOrphans();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    clearInterval(this.#scanTimer);
    this.#restarts.stop();
    this.#runs.stop();
    // The next daemon deletes what this one leaves in the trash.
    if (this.services.config.daemon) return;
    await this.#runs.releases.retry();
    await this.services.files.deletionsDone();
  }
}

/** @returns the container's first process; undefined where the run has ended without one */
async function releaseAndWait(
  monitor: Monitor,
  { bundle, output }: ContainerRun,
): Promise<ProcessIdentity | undefined> {
  using watcher = new PidFileWatcher(bundle);
  monitor.release();
  const pid = await watcher.waitForPid(output);
  return pid === undefined ? undefined : (identify(pid) ?? endedProcess(pid));
}
