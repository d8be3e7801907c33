import { GantryError } from '../../kernel/index.js';
import { identify, isAlive, ownIdentity } from '../system/index.js';
import type { Bundle } from './bundle.js';
import type { Attachment, RunEnd, StartOptions } from './contracts.js';
import { send } from './ending.js';
import { watchHealth } from './health-watch.js';
import { launchMonitor } from './launcher.js';
import { endLeftovers, endStray } from './leftovers.js';
import { lenderFor } from './lender.js';
import { repairLog } from './log-reader.js';
import { hasNetwork } from './network-mode.js';
import { runsAlready } from './refusals.js';
import { Restarts } from './restarts.js';
import { Run } from './run.js';
import { endOf } from './run-end.js';
import { isRunning, lives, livingInit, outputOf, reopenInput, thaw } from './run-owner.js';
import { exitCodeOfFailure, startFailure } from './start-failure.js';
import { heldBack, StartWatch } from './start-wait.js';
import type { StoredContainer } from './stored-container.js';
import type { Engine, SupervisorHooks } from './supervisor-ground.js';

const LOOK_FOR_ORPHANS_MS = 1000;

/** Starts runs, reads their output, and settles them when they end; takes over runs whose engine process died. */
export class Supervisor {
  readonly #runs = new Map<string, Run>();
  readonly #restarts: Restarts;
  #patrol: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(
    private readonly engine: Engine,
    private readonly hooks: SupervisorHooks,
  ) {
    this.#restarts = new Restarts(engine.store, (id) => this.#relaunch(id));
  }

  /** The run of a container, if this process owns it. */
  runOf(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  async launch(container: StoredContainer, options: StartOptions): Promise<Attachment> {
    if (!this.engine.store.claimForStart(container.id, ownIdentity())) {
      if (!this.engine.store.byId(container.id))
        throw new GantryError('not found', `No such container: ${container.id}`);
      throw runsAlready(container);
    }
    return this.#launchClaimed(container, options);
  }

  /** A start that nobody asks for: what goes wrong is in the container's row, and is tried again. */
  async #relaunch(id: string): Promise<void> {
    const { store, log } = this.engine;
    const container = store.byId(id);
    if (!container || !store.claimForRestart(id, ownIdentity())) return;
    await this.#launchClaimed(container, {}).catch((error) => log.warn(`container ${id}: restart: ${String(error)}`));
  }

  async #launchClaimed(container: StoredContainer, options: StartOptions): Promise<Attachment> {
    const bundle = this.engine.files.bundleOf(container.id);
    try {
      return await this.#launch(container, bundle, options);
    } catch (error) {
      await this.#abandon(container, bundle, error);
      throw error;
    }
  }

  async #launch(container: StoredContainer, bundle: Bundle, { sink, size }: StartOptions): Promise<Attachment> {
    const { id, config } = container;
    const { network, store } = this.engine;
    const lender = lenderFor(config, this.engine);
    const lease = hasNetwork(config.network) ? await network.allocate(id, config.ports) : undefined;
    const { monitor, input } = await launchMonitor(this.engine, container, bundle, { lease, lender, size });
    store.setMonitor(id, monitor.identity, lease);
    const run = new Run(bundle, outputOf(this.engine, container, bundle), input, config.tty);
    const held = heldBack(sink ?? (() => undefined));
    const attachment = run.attach(held.sink);
    if (!sink) attachment.detach();
    this.#runs.set(id, run);
    if (lease) await network.connect(id, lease, monitor.identity.pid);
    if (config.network === 'none') await network.loopbackOnly(monitor.identity.pid);

    const watch = new StartWatch(bundle);
    try {
      monitor.release();
      const pid = await watch.pid(run.output);
      // What a runtime writes that cannot start the program is in its log, too: a client is told once.
      if (pid === undefined) attachment.detach();
      if (pid === undefined) throw startFailure(bundle);
      store.setRunning(id, identify(pid) ?? { pid, startTime: 0 }, { attached: sink !== undefined });
    } finally {
      watch.close();
    }
    this.#settleAtEnd(container, run);
    this.#watchHealth(container.id, run);
    held.release();
    return attachment;
  }

  #watchHealth(id: string, run: Run): void {
    const { store, control } = this.engine;
    const attempt = (work: () => Promise<unknown>): Promise<boolean> => this.#attempt(id, work);
    run.health = watchHealth(id, run.bundle, {
      store,
      control,
      attempt,
      endUnhealthy: () => this.hooks.endUnhealthy(id),
    });
  }

  #settleAtEnd(container: StoredContainer, run: Run): void {
    void run.output.finished.then(() => this.#settle(container, run.bundle));
  }

  /** Writes down how a run ended, and gives back what it held. */
  async #settle(container: StoredContainer, bundle: Bundle): Promise<void> {
    // Taken over before anybody could say that it runs: what dies has started.
    const pid = container.status === 'starting' ? bundle.pid() : undefined;
    const started = async (): Promise<void> =>
      this.engine.store.setRunning(container.id, { pid: pid ?? 0, startTime: 0 });
    if (pid !== undefined) await this.#attempt(container.id, started);
    if (bundle.exitCode() === undefined) {
      const now = this.engine.store.byId(container.id);
      await this.#attempt(container.id, async () => endLeftovers(bundle, now && livingInit(now)?.pid));
    }
    await this.#end(container, bundle, endOf(bundle, container));
  }

  /** A start that failed: nothing of it stays but the reason. */
  async #abandon(container: StoredContainer, bundle: Bundle, error: unknown): Promise<void> {
    const monitor = this.engine.store.byId(container.id)?.monitor;
    const pid = bundle.pid();
    for (const process of [pid === undefined ? undefined : identify(pid), monitor]) {
      if (process && isAlive(process)) send(process, 'SIGKILL');
    }
    const message = error instanceof Error ? error.message : String(error);
    await this.#end(container, bundle, { exitCode: exitCodeOfFailure(error), error: message });
  }

  /** Whoever waits for the end hears of it, whatever goes wrong on the way. */
  async #end(container: StoredContainer, bundle: Bundle, end: RunEnd): Promise<void> {
    const { id, config } = container;
    const run = this.#runs.get(id);
    await this.#attempt(id, () => this.engine.network.release(id));
    // The bundle holds the exit code until the database does: with a full disk, that takes a while.
    while (!(await this.#attempt(id, async () => this.engine.store.setEnded(id, end)))) {
      if (this.#stopping) return;
      await pause(LOOK_FOR_ORPHANS_MS);
    }
    this.#runs.delete(id);
    run?.health?.stop();
    await this.#attempt(id, async () => bundle.release());
    if (config.autoRemove) await this.#attempt(id, () => this.hooks.removeEnded(container));
    run?.settle(end);
    this.#restarts.look();
  }

  /** False where it failed: the log says why. */
  async #attempt(id: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.engine.log.warn(`container ${id}: ${String(error)}`);
      return false;
    }
  }

  /** At start: takes over what other processes left, gives back what nothing holds any more. */
  async reconcile(): Promise<void> {
    await this.settleOrphans();
    if (!this.engine.config.daemon) return;
    await this.engine.network.reconcile(this.engine.store.live().map(({ id }) => id));
    this.engine.files.sweep(
      (id) => this.engine.store.has(id) || (!this.engine.removed.has(id) && this.hooks.adopt(id)),
      (id) => this.engine.removed.has(id),
      (error) => this.engine.log.warn(`sweep: ${String(error)}`),
    );
    for (const container of this.engine.store.list()) {
      // Its engine was killed between writing down the end and letting the monitor go.
      if (!isLive(container)) endStray(container.id, this.engine.files.bundleOf(container.id));
      const isLeft = container.status === 'exited' && container.config.autoRemove;
      if (isLeft) await this.#attempt(container.id, () => this.hooks.removeEnded(container));
    }
    this.#restarts.begin();
    const look = (): Promise<boolean> => this.#attempt('*', () => this.#look());
    this.#patrol = setInterval(look, LOOK_FOR_ORPHANS_MS).unref();
  }

  async #look(): Promise<void> {
    await this.settleOrphans();
    // A local call leaves the next run of what it ran to the daemon.
    this.#restarts.look();
  }

  /**
   * Looks at the runs whose engine process is dead. The daemon takes them over; a local call, which does not stay,
   * only settles those that have ended.
   */
  async settleOrphans(): Promise<void> {
    const { store, config } = this.engine;
    for (const container of store.live()) {
      if (lives(container, container.owner)) continue;
      const runs = isRunning(container, this.engine.files.bundleOf(container.id));
      if (runs && !config.daemon) {
        this.#noteStarted(container);
        continue;
      }
      if (store.claimFrom(container.id, container.owner, ownIdentity())) await this.#takeOver(container, runs);
    }
  }

  /** Its engine may have been killed before it could say that the program runs. */
  #noteStarted({ id, status }: StoredContainer): void {
    const pid = this.engine.files.bundleOf(id).pid();
    const init = pid === undefined ? undefined : identify(pid);
    if (status === 'starting' && init) this.engine.store.setRunning(id, init);
  }

  /** One run that cannot be taken over costs nobody else anything: it is settled, or left for the next look. */
  async #takeOver(container: StoredContainer, lives: boolean): Promise<void> {
    const bundle = this.engine.files.bundleOf(container.id);
    try {
      await this.#adopt(container, bundle, lives);
    } catch (error) {
      this.engine.log.warn(`container ${container.id}: cannot be taken over: ${String(error)}`);
      if (lives) this.engine.store.disown(container.id);
      else await this.#settle(container, bundle);
    }
  }

  async #adopt(container: StoredContainer, bundle: Bundle, lives: boolean): Promise<void> {
    if (!container.monitor || !bundle.exists()) return this.#settle(container, bundle);
    repairLog(this.engine.files.of(container.id).log);
    const input = lives ? reopenInput(container, bundle) : undefined;
    const run = new Run(bundle, outputOf(this.engine, container, bundle), input, container.config.tty);
    this.#runs.set(container.id, run);
    this.#settleAtEnd(container, run);
    this.#watchHealth(container.id, run);
    if (lives) await thaw(this.engine, container);
    if (lives) void this.#attempt(container.id, () => this.#noteStart(container.id, run));
    else await Promise.race([run.settled, pause(LOOK_FOR_ORPHANS_MS)]);
  }

  /** The engine may have been killed before the runtime told the pid: it is told yet. */
  async #noteStart(id: string, run: Run): Promise<void> {
    const watch = new StartWatch(run.bundle);
    try {
      const pid = await watch.pid(run.output);
      if (pid !== undefined) this.engine.store.setRunning(id, identify(pid) ?? { pid, startTime: 0 });
    } finally {
      watch.close();
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#patrol);
    this.#restarts.stop();
    for (const run of this.#runs.values()) run.health?.stop();
    // What a daemon leaves in the trash the next one sweeps.
    if (!this.engine.config.daemon) await this.engine.files.settled();
  }
}

function isLive({ status }: StoredContainer): boolean {
  return status === 'running' || status === 'starting';
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
