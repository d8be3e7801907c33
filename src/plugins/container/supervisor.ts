import { GantryError } from '../../kernel/index.js';
import type { Graph } from '../image/index.js';
import type { NetworkManager } from '../network/index.js';
import { bootId, type Config, identify, isAlive, type Log, type ProcessIdentity, self } from '../system/index.js';
import type { Volumes } from '../volume/index.js';
import type { Bundle } from './bundle.js';
import type { ContainerFiles } from './container-files.js';
import type { Attachment, RunEnd, StartOptions } from './contracts.js';
import { openForWriting } from './fifo.js';
import { launchMonitor } from './launcher.js';
import { lenderFor } from './lender.js';
import { repairLog } from './log-file.js';
import { hasNetwork } from './network-mode.js';
import { Output } from './output.js';
import { runsAlready } from './refusals.js';
import { ContainerInput, Run } from './run.js';
import { endOf } from './run-end.js';
import { exitCodeOfFailure, startFailure } from './start-failure.js';
import { StartWatch } from './start-wait.js';
import type { ContainerStore } from './store.js';
import type { StoredContainer } from './stored-container.js';

const LOOK_FOR_ORPHANS_MS = 1000;

/** The services that a run needs. */
export interface Engine {
  readonly config: Config;
  readonly log: Log;
  readonly store: ContainerStore;
  readonly files: ContainerFiles;
  readonly graph: Graph;
  readonly network: NetworkManager;
  readonly volumes: Volumes;
}

/** Starts runs, reads their output, and settles them when they end; takes over runs whose engine process died. */
export class Supervisor {
  readonly #runs = new Map<string, Run>();
  #patrol: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(
    private readonly engine: Engine,
    private readonly removeEnded: (container: StoredContainer) => Promise<void>,
  ) {}

  /** The run of a container, if this process owns it. */
  runOf(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  async launch(container: StoredContainer, options: StartOptions): Promise<Attachment> {
    if (!this.engine.store.claimForStart(container.id, self())) {
      if (!this.engine.store.byId(container.id))
        throw new GantryError('not found', `No such container: ${container.id}`);
      throw runsAlready(container);
    }
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
    const run = new Run(bundle, this.#read(container, bundle), input, config.tty);
    const attachment = run.attach(sink ?? (() => undefined));
    if (!sink) attachment.detach();
    this.#runs.set(id, run);
    if (lease) await network.connect(id, lease, monitor.identity.pid);
    if (config.network === 'none') await network.isolate(monitor.identity.pid);

    const watch = new StartWatch(bundle);
    try {
      monitor.release();
      const pid = await watch.pid(run.output);
      if (pid === undefined) throw startFailure(bundle);
      store.setRunning(id, identify(pid) ?? { pid, startTime: 0 }, { attached: sink !== undefined });
    } finally {
      watch.close();
    }
    this.#settleAtEnd(container, run);
    return attachment;
  }

  #read({ id, config }: StoredContainer, { stdout, stderr }: Bundle): Output {
    const failed = (error: unknown): void => this.engine.log.warn(`container ${id}: output: ${String(error)}`);
    return new Output(this.engine.files.of(id).log, config.tty ? { stdout } : { stdout, stderr }, failed);
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
    await this.#end(container, bundle, endOf(bundle));
  }

  /** A start that failed: nothing of it stays but the reason. */
  async #abandon(container: StoredContainer, bundle: Bundle, error: unknown): Promise<void> {
    const monitor = this.engine.store.byId(container.id)?.monitor;
    const pid = bundle.pid();
    for (const process of [pid === undefined ? undefined : identify(pid), monitor]) {
      if (process && isAlive(process)) kill(process.pid);
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
    await this.#attempt(id, async () => bundle.release());
    if (config.autoRemove) await this.#attempt(id, () => this.removeEnded(container));
    run?.settle(end);
  }

  /** False where it failed: the log says why. */
  async #attempt(id: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.engine.log.warn(`container ${id}: at its end: ${String(error)}`);
      return false;
    }
  }

  /** At start: takes over what other processes left, gives back what nothing holds any more. */
  async reconcile(): Promise<void> {
    await this.settleOrphans();
    if (!this.engine.config.daemon) return;
    await this.engine.network.reconcile(this.engine.store.live().map(({ id }) => id));
    this.engine.files.sweep(
      (id) => this.engine.store.byId(id) !== undefined,
      (error) => this.engine.log.warn(`sweep: ${String(error)}`),
    );
    for (const container of this.engine.store.list()) {
      const isLeft = container.status === 'exited' && container.config.autoRemove;
      if (isLeft) await this.#attempt(container.id, () => this.removeEnded(container));
    }
    const look = (): Promise<boolean> => this.#attempt('*', () => this.settleOrphans());
    this.#patrol = setInterval(look, LOOK_FOR_ORPHANS_MS).unref();
  }

  /**
   * Looks at the runs whose engine process is dead. The daemon takes them over; a local call, which does not stay,
   * only settles those that have ended.
   */
  async settleOrphans(): Promise<void> {
    const { store, config } = this.engine;
    for (const container of store.live()) {
      if (lives(container, container.owner)) continue;
      const isRunning = this.#isRunning(container);
      if (isRunning && !config.daemon) {
        this.#noteStarted(container);
        continue;
      }
      if (store.claimFrom(container.id, container.owner, self())) await this.#takeOver(container, isRunning);
    }
  }

  /** A monitor that only keeps the output of a run that has ended does not count. */
  #isRunning(container: StoredContainer): boolean {
    const { monitor, init } = container;
    const bundle = this.engine.files.bundleOf(container.id);
    if (bundle.exitCode() !== undefined) return false;
    const pid = bundle.pid();
    return [monitor, init, pid === undefined ? undefined : identify(pid)].some((process) => lives(container, process));
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
    const run = new Run(bundle, this.#read(container, bundle), input, container.config.tty);
    this.#runs.set(container.id, run);
    this.#settleAtEnd(container, run);
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
    // What a daemon leaves in the trash the next one sweeps.
    if (!this.engine.config.daemon) await this.engine.files.settled();
  }
}

/** A run that was taken over has its input only where that outlives clients. */
function reopenInput({ config }: StoredContainer, bundle: Bundle): ContainerInput | undefined {
  if (!config.openStdin || config.stdinOnce) return undefined;
  try {
    return new ContainerInput(openForWriting(bundle.stdin), false);
  } catch (error) {
    // It has ended in between.
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return undefined;
    throw error;
  }
}

/** Nothing that was there before a boot lives, whatever has its pid and start time by now. */
function lives({ boot }: StoredContainer, process: ProcessIdentity | undefined): boolean {
  return process !== undefined && boot === bootId() && isAlive(process);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
