import { setTimeout as sleep } from 'node:timers/promises';
import { GantryError } from '../../../kernel/index.js';
import { identify, isAlive, self } from '../../system/index.js';
import { type Attachment, type ExitStatus, isActive, type StartOptions } from '../contracts/index.js';
import { startHealthChecks } from '../health/index.js';
import { type Bundle, killOrphans, reapUnknownRun } from '../host/index.js';
import { bufferUntilStarted, networkContainerOf, PidFileWatcher, startMonitor } from '../launch/index.js';
import { repairLog } from '../logs/index.js';
import { exitCodeOfFailure, startFailure } from '../oci/index.js';
import { hasNetwork } from '../parsers/index.js';
import { alreadyRunning, type StoredContainer } from '../records/index.js';
import { ContainerRun } from './container-run.js';
import type { RunDependencies, SupervisorHooks } from './dependencies.js';
import { readExitStatus } from './exit-status.js';
import { aliveInit, isAliveInThisBoot, isRunning, resumeTransientPause } from './orphans.js';
import { RestartScheduler } from './restart-scheduler.js';
import { openOutputPump, reopenStdin } from './run-streams.js';
import { sendSignal } from './stop-signal.js';

const SCAN_INTERVAL_MS = 1000;

/** Starts runs, reads their output, and settles them when they end; takes over runs whose engine process died. */
export class Supervisor {
  readonly #runs = new Map<string, ContainerRun>();
  readonly #restarts: RestartScheduler;
  #scanTimer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(
    private readonly services: RunDependencies,
    private readonly hooks: SupervisorHooks,
  ) {
    this.#restarts = new RestartScheduler(services.store, (id) => this.#relaunch(id));
  }

  /** The run of a container, if this process owns it. */
  runOf(id: string): ContainerRun | undefined {
    return this.#runs.get(id);
  }

  async launch(container: StoredContainer, options: StartOptions): Promise<Attachment> {
    if (!this.services.store.claimForStart(container.id, self())) {
      if (!this.services.store.byId(container.id))
        throw new GantryError('not found', `No such container: ${container.id}`);
      throw alreadyRunning(container);
    }
    return this.#launchClaimed(container, options);
  }

  /** A start that nobody asks for: what goes wrong is in the container's row, and is tried again. */
  async #relaunch(id: string): Promise<void> {
    const { store, log } = this.services;
    const container = store.byId(id);
    if (!container || !store.claimForRestart(id, self())) return;
    await this.#launchClaimed(container, {}).catch((error) => log.warn(`container ${id}: restart: ${String(error)}`));
  }

  async #launchClaimed(container: StoredContainer, options: StartOptions): Promise<Attachment> {
    const bundle = this.services.files.bundleOf(container.id);
    try {
      return await this.#launch(container, bundle, options);
    } catch (error) {
      await this.#undoFailedStart(container, bundle, error);
      throw error;
    }
  }

  async #launch(container: StoredContainer, bundle: Bundle, { sink, size }: StartOptions): Promise<Attachment> {
    const { id, config } = container;
    const { network, store } = this.services;
    const lender = networkContainerOf(config, this.services);
    const lease = hasNetwork(config.network) ? await network.allocate(id, config.ports) : undefined;
    const { monitor, input } = await startMonitor(this.services, container, bundle, {
      lease,
      networkContainer: lender,
      size,
    });
    store.setMonitor(id, monitor.identity, lease);
    const run = new ContainerRun(bundle, openOutputPump(this.services, container, bundle), input, config.tty);
    const held = bufferUntilStarted(sink ?? (() => undefined));
    const attachment = run.attach(held.sink);
    if (!sink) attachment.detach();
    this.#runs.set(id, run);
    if (lease) await network.connect(id, lease, monitor.identity.pid);
    if (config.network === 'none') await network.isolate(monitor.identity.pid);

    const watch = new PidFileWatcher(bundle);
    try {
      monitor.release();
      const pid = await watch.waitForPid(run.output);
      // What a runtime writes that cannot start the program is in its log, too: a client is told once.
      if (pid === undefined) attachment.detach();
      if (pid === undefined) throw startFailure(bundle);
      store.setRunning(id, identify(pid) ?? { pid, startTime: 0 }, { attached: sink !== undefined });
    } finally {
      watch.close();
    }
    this.#recordExitAtEnd(container, run);
    this.#startHealthChecks(container.id, run);
    held.release();
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

  /** Writes down how a run ended, and gives back what it held. */
  async #recordExit(container: StoredContainer, bundle: Bundle): Promise<void> {
    // Taken over before anybody could say that it runs: what dies has started.
    const pid = container.status === 'starting' ? bundle.pid() : undefined;
    const started = async (): Promise<void> =>
      this.services.store.setRunning(container.id, { pid: pid ?? 0, startTime: 0 });
    if (pid !== undefined) await this.#attempt(container.id, started);
    if (bundle.exitCode() === undefined) {
      const now = this.services.store.byId(container.id);
      await this.#attempt(container.id, async () => killOrphans(bundle, now && aliveInit(now)?.pid));
    }
    await this.#finish(container, bundle, readExitStatus(bundle, container));
  }

  /** A start that failed: nothing of it stays but the reason. */
  async #undoFailedStart(container: StoredContainer, bundle: Bundle, error: unknown): Promise<void> {
    const monitor = this.services.store.byId(container.id)?.monitor;
    const pid = bundle.pid();
    for (const process of [pid === undefined ? undefined : identify(pid), monitor]) {
      if (process && isAlive(process)) sendSignal(process, 'SIGKILL');
    }
    const message = error instanceof Error ? error.message : String(error);
    await this.#finish(container, bundle, { exitCode: exitCodeOfFailure(error), error: message });
  }

  /** Whoever waits for the end hears of it, whatever goes wrong on the way. */
  async #finish(container: StoredContainer, bundle: Bundle, end: ExitStatus): Promise<void> {
    const { id, config } = container;
    const run = this.#runs.get(id);
    await this.#attempt(id, () => this.services.network.release(id));
    // The bundle holds the exit code until the database does: with a full disk, that takes a while.
    while (!(await this.#attempt(id, async () => this.services.store.setEnded(id, end)))) {
      if (this.#stopping) return;
      await sleep(SCAN_INTERVAL_MS);
    }
    this.#runs.delete(id);
    run?.healthChecker?.stop();
    await this.#attempt(id, async () => bundle.release());
    if (config.autoRemove) await this.#attempt(id, () => this.hooks.removeEnded(container));
    run?.end(end);
    this.#restarts.startDue();
  }

  /** False where it failed: the log says why. */
  async #attempt(id: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.services.log.warn(`container ${id}: ${String(error)}`);
      return false;
    }
  }

  /** At start: takes over what other processes left, gives back what nothing holds any more. */
  async reconcile(): Promise<void> {
    await this.adoptOrphans();
    if (!this.services.config.daemon) return;
    await this.services.network.reconcile(this.services.store.active().map(({ id }) => id));
    this.services.files.deleteOrphans(
      (id) => this.services.store.has(id) || (!this.services.removed.has(id) && this.hooks.recover(id)),
      (id) => this.services.removed.has(id),
      (error) => this.services.log.warn(`sweep: ${String(error)}`),
    );
    for (const container of this.services.store.list()) {
      // Its engine was killed between writing down the end and letting the monitor go.
      if (!isActive(container)) reapUnknownRun(container.id, this.services.files.bundleOf(container.id));
      const isLeft = container.status === 'exited' && container.config.autoRemove;
      if (isLeft) await this.#attempt(container.id, () => this.hooks.removeEnded(container));
    }
    this.#restarts.start();
    const look = (): Promise<boolean> => this.#attempt('*', () => this.#scan());
    this.#scanTimer = setInterval(look, SCAN_INTERVAL_MS).unref();
  }

  async #scan(): Promise<void> {
    await this.adoptOrphans();
    // A local call leaves the next run of what it ran to the daemon.
    this.#restarts.startDue();
  }

  /**
   * Looks at the runs whose engine process is dead. The daemon takes them over; a local call, which does not stay,
   * only settles those that have ended.
   */
  async adoptOrphans(): Promise<void> {
    const { store, config } = this.services;
    for (const container of store.active()) {
      if (isAliveInThisBoot(container, container.owner)) continue;
      const runs = isRunning(container, this.services.files.bundleOf(container.id));
      if (runs && !config.daemon) {
        this.#recordStarted(container);
        continue;
      }
      if (store.claimFrom(container.id, container.owner, self())) await this.#adopt(container, runs);
    }
  }

  /** Its engine may have been killed before it could say that the program runs. */
  #recordStarted({ id, status }: StoredContainer): void {
    const pid = this.services.files.bundleOf(id).pid();
    const init = pid === undefined ? undefined : identify(pid);
    if (status === 'starting' && init) this.services.store.setRunning(id, init);
  }

  /** One run that cannot be taken over costs nobody else anything: it is settled, or left for the next look. */
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
    this.#runs.set(container.id, run);
    this.#recordExitAtEnd(container, run);
    this.#startHealthChecks(container.id, run);
    if (lives) await resumeTransientPause(this.services, container);
    if (lives) void this.#attempt(container.id, () => this.#recordStartLater(container.id, run));
    else await Promise.race([run.ended, sleep(SCAN_INTERVAL_MS)]);
  }

  /** The engine may have been killed before the runtime told the pid: it is told yet. */
  async #recordStartLater(id: string, run: ContainerRun): Promise<void> {
    const watch = new PidFileWatcher(run.bundle);
    try {
      const pid = await watch.waitForPid(run.output);
      if (pid !== undefined) this.services.store.setRunning(id, identify(pid) ?? { pid, startTime: 0 });
    } finally {
      watch.close();
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#scanTimer);
    this.#restarts.stop();
    for (const run of this.#runs.values()) run.healthChecker?.stop();
    // What a daemon leaves in the trash the next one sweeps.
    if (!this.services.config.daemon) await this.services.files.deletionsDone();
  }
}
