import { GantryError } from '../../kernel/index.js';
import type { Graph } from '../image/index.js';
import type { NetworkManager } from '../network/index.js';
import { type Config, identify, isAlive, type Log, self } from '../system/index.js';
import type { Volumes } from '../volume/index.js';
import type { Bundle } from './bundle.js';
import type { ContainerFiles } from './container-files.js';
import type { Attachment, RunEnd, StartOptions } from './contracts.js';
import { openForWriting } from './fifo.js';
import { launchMonitor } from './launcher.js';
import { Output } from './output.js';
import { ContainerInput, Run } from './run.js';
import { exitCodeOfFailure, programFailure, startFailure } from './start-failure.js';
import { StartWatch } from './start-wait.js';
import type { ContainerStore, StoredContainer } from './store.js';

const LOOK_FOR_ORPHANS_MS = 1000;
/** What a shell would give for a program whose end nobody saw. */
const UNKNOWN_EXIT_CODE = 255;

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
      throw new GantryError('conflict', `Container ${container.name} is already running`);
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
    const lease = config.network === 'bridge' ? await network.allocate(id, config.ports) : undefined;
    const { monitor, input } = await launchMonitor(this.engine, container, bundle, { lease, size });
    const run = new Run(bundle, this.#read(container, bundle), input, config.tty);
    const attachment = run.attach(sink ?? (() => undefined));
    if (!sink) attachment.detach();
    this.#runs.set(id, run);
    store.setMonitor(id, monitor.identity, lease);
    if (lease) await network.connect(id, lease, monitor.identity.pid);
    if (config.network === 'none') await network.isolate(monitor.identity.pid);

    const watch = new StartWatch(bundle);
    try {
      monitor.release();
      const pid = await watch.pid(run.output);
      if (pid === undefined) throw startFailure(bundle);
      store.setRunning(id, identify(pid) ?? { pid, startTime: 0 });
    } finally {
      watch.close();
    }
    this.#settleAtEnd(container, run);
    return attachment;
  }

  #read({ id, config }: StoredContainer, bundle: Bundle): Output {
    const { stdout, stderr } = bundle;
    return new Output(this.engine.files.of(id).log, config.tty ? { stdout } : { stdout, stderr }, (error) =>
      this.engine.log.warn(`container ${id}: output: ${String(error)}`),
    );
  }

  #settleAtEnd(container: StoredContainer, run: Run): void {
    void run.output.finished.then(() => this.#settle(container, run.bundle));
  }

  /** Writes down how a run ended, and gives back what it held. */
  async #settle(container: StoredContainer, bundle: Bundle): Promise<void> {
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
    await this.#attempt(id, async () => this.engine.store.setEnded(id, end));
    this.#runs.delete(id);
    await this.#attempt(id, async () => bundle.remove());
    if (config.autoRemove) await this.#attempt(id, () => this.removeEnded(container));
    run?.settle(end);
  }

  async #attempt(id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.engine.log.warn(`container ${id}: at its end: ${String(error)}`);
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
    const look = (): Promise<void> => this.#attempt('*', () => this.settleOrphans());
    this.#patrol = setInterval(look, LOOK_FOR_ORPHANS_MS).unref();
  }

  /**
   * Looks at the runs whose engine process is dead. The daemon takes them over; a local call, which does not stay,
   * only settles those that have ended.
   */
  async settleOrphans(): Promise<void> {
    const { store, config } = this.engine;
    for (const container of store.live()) {
      if (container.owner && isAlive(container.owner)) continue;
      const lives = [container.monitor, container.init].some((process) => process && isAlive(process));
      if (lives && !config.daemon) continue;
      if (store.claimFrom(container.id, container.owner, self())) await this.#adopt(container, lives);
    }
  }

  async #adopt(container: StoredContainer, lives: boolean): Promise<void> {
    const bundle = this.engine.files.bundleOf(container.id);
    if (!container.monitor || !bundle.exists()) return this.#settle(container, bundle);
    const run = new Run(bundle, this.#read(container, bundle), reopenInput(container, bundle), container.config.tty);
    this.#runs.set(container.id, run);
    const pid = bundle.pid();
    if (pid) this.engine.store.setRunning(container.id, identify(pid) ?? { pid, startTime: 0 });
    this.#settleAtEnd(container, run);
    if (!lives) await run.settled;
  }

  async stop(): Promise<void> {
    clearInterval(this.#patrol);
    await this.engine.files.settled();
  }
}

/** A run that was taken over has its input only where that outlives clients. */
function reopenInput({ config }: StoredContainer, bundle: Bundle): ContainerInput | undefined {
  return config.openStdin && !config.stdinOnce ? new ContainerInput(openForWriting(bundle.stdin), false) : undefined;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function endOf(bundle: Bundle): RunEnd {
  const failure = bundle.failure();
  if (failure) {
    const error = programFailure(failure);
    return { exitCode: exitCodeOfFailure(error), error: error.message };
  }
  const exitCode = bundle.exitCode();
  if (exitCode !== undefined) return { exitCode, error: '' };
  const error = bundle.pid()
    ? 'its monitor was killed, so that its exit code is not known'
    : 'the engine was killed while it was starting';
  return { exitCode: UNKNOWN_EXIT_CODE, error };
}
