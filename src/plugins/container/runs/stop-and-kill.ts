import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity, signalProcess } from '../../../host/index.js';
import { type Events } from '../../system/index.js';
import { killMembers } from '../cgroups/index.js';
import { type Caller, isActive, type StopOptions } from '../contracts/index.js';
import { fateOf } from '../host/index.js';
import { DEFAULT_STOP_TIMEOUT_S, parseSignal, signalNumber } from '../parsers/index.js';
import { notRunning, recordEvent, type StoredContainer } from '../records/index.js';
import { thaw } from './container-pauser.js';
import type { RunDependencies } from './dependencies.js';
import type { Supervisor } from './supervisor.js';
import { forAtMost } from './time-limit.js';

const SIGKILL = 9;
const POLL_MS = 50;
const SHORT_POLL_MS = 5;
/** By which a user ends what runs in the foreground. */
const ENDING_SIGNALS: ReadonlySet<NodeJS.Signals> = new Set(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM']);
/** How long a start may take before a forced removal ends it. */
const START_PATIENCE_MS = 5000;

/** A run, whoever owns it. */
type Run = Pick<StoredContainer, 'id' | 'run'>;

/** Stops and kills runs, and waits for their end. */
export class ContainerStopper {
  constructor(
    private readonly services: Pick<RunDependencies, 'store' | 'locks' | 'log' | 'files'>,
    private readonly events: Events,
    private readonly supervisor: Supervisor,
  ) {}

  async kill(reference: string, signal: NodeJS.Signals | number): Promise<void> {
    const { store, log } = this.services;
    const container = store.find(reference);
    if (!container.init || !isAlive(container.init)) throw notRunning(reference, container);
    const number = signalNumber(signal);
    const ends = number === SIGKILL || number === signalNumber(stopSignalOf(container));
    if (ends) store.setStopped(container.id);
    this.#sendSignal(container, container.init, signal);
    if (ends) thaw(store, container);
    if (number !== SIGKILL) return;
    this.#keepThawed(container).catch((error) => log.warn(`container ${container.id}: ${String(error)}`));
  }

  /** Like `Runtime.forwardSignal`. */
  async forward(reference: string, signal: NodeJS.Signals): Promise<void> {
    const { id, init } = this.services.store.find(reference);
    const bundle = this.services.files.bundleOf(id);
    const began = performance.now();
    let fate = init && fateOf(signalNumber(signal), init, bundle);
    while (init && fate === 'too early' && performance.now() - began < START_PATIENCE_MS) {
      await sleep(SHORT_POLL_MS);
      fate = fateOf(signalNumber(signal), init, bundle);
    }
    await this.kill(id, fate === 'dropped' && ENDING_SIGNALS.has(signal) ? 'SIGKILL' : signal);
  }

  /** A run that cannot be asked in time, since another call has frozen it or is just starting it, is killed then. */
  async stop(
    reference: string,
    given?: number,
    { restarts = false, signal, ...caller }: StopOptions = {},
  ): Promise<void> {
    const { store } = this.services;
    const container = store.find(reference);
    if (restarts) store.setRestarting(container.id);
    else store.setStopped(container.id);
    if (!isActive(container)) return;
    const seconds = given ?? container.config.stopTimeout ?? DEFAULT_STOP_TIMEOUT_S;
    using lock = await forAtMost(seconds * 1000, (timeout) => this.#lockInTime(container, timeout, caller));
    if (lock) await this.stopRun(container.id, seconds, signal);
    else await this.#killRun(container);
    recordEvent(this.events, container, 'stop');
  }

  /** Undefined where the time is over before. */
  async #lockInTime(
    container: StoredContainer,
    timeout: AbortSignal,
    { gone, ...caller }: Caller,
  ): Promise<Disposable | undefined> {
    const ends = AbortSignal.any(gone ? [gone, timeout] : [timeout]);
    try {
      return await this.services.locks.take(container, 'shared', 'stop', { ...caller, gone: ends });
    } catch (error) {
      if (!timeout.aborted || gone?.aborted) throw error;
      return undefined;
    }
  }

  /** Kills a running or starting container at once. */
  async forceKill(container: StoredContainer): Promise<void> {
    this.services.store.setStopped(container.id);
    await this.#killRun(container);
  }

  /** Stops the run that a container has now, if any. */
  async stopRun(id: string, given?: number, signal?: NodeJS.Signals | number): Promise<void> {
    const container = await this.#onceStarted(id);
    if (!container?.init) return;
    const { config, init } = container;
    this.#sendSignal(container, init, signal ?? stopSignalOf(container));
    thaw(this.services.store, container);
    const seconds = given ?? config.stopTimeout ?? DEFAULT_STOP_TIMEOUT_S;
    await forAtMost(seconds * 1000, (timeout) => this.waitForExit(container, timeout));
    await this.#killRun(container);
  }

  /** Returns when the run is over. */
  async #killRun(run: Run): Promise<void> {
    const began = performance.now();
    let round = 0;
    for (let container = this.#ifCurrent(run); container; container = this.#ifCurrent(run)) {
      const { status, init } = container;
      if (status === 'running') {
        // Its first process takes the others along, where it has process numbers of its own.
        if (round === 0 && init) this.#sendSignal(container, init, 'SIGKILL');
        if (round === 1) await killMembers(container.id);
        thaw(this.services.store, container);
        round++;
      }
      if (status === 'starting' && performance.now() - began > START_PATIENCE_MS) {
        await this.supervisor.abortStart(container);
      }
      await this.#moment(run);
    }
  }

  /** On control groups of version 1, SIGKILL does not reach what is frozen: not even what is frozen later. */
  async #keepThawed(container: StoredContainer): Promise<void> {
    while (this.services.store.isCurrent(container)) {
      thaw(this.services.store, container);
      await this.#moment(container);
    }
  }

  /** Waits a moment, or until the run is over. */
  async #moment({ id }: Run): Promise<void> {
    const own = this.supervisor.runOf(id);
    if (!own) return this.#pollOtherProcesses();
    await forAtMost(POLL_MS, (signal) => own.waitForEnd(signal));
  }

  #ifCurrent(run: Run): StoredContainer | undefined {
    const container = this.services.store.byId(run.id);
    return container && isActive(container) && container.run === run.run ? container : undefined;
  }

  /** The container once its start is over; undefined where it does not run. */
  async #onceStarted(id: string): Promise<StoredContainer | undefined> {
    for (;;) {
      const container = this.services.store.byId(id);
      if (container?.status !== 'starting') return container?.status === 'running' ? container : undefined;
      await this.#pollOtherProcesses();
    }
  }

  #sendSignal(container: StoredContainer, init: ProcessIdentity, signal: NodeJS.Signals | number): void {
    if (!signalProcess(init, signal)) return;
    recordEvent(this.events, container, 'kill', { signal: String(signalNumber(signal)) });
  }

  /** Resolves when the run is over, or when the signal aborts. */
  async waitForExit(run: Run, signal?: AbortSignal): Promise<void> {
    while (!signal?.aborted && this.services.store.isCurrent(run)) {
      const own = this.supervisor.runOf(run.id);
      if (own) return void (await own.waitForEnd(signal));
      await this.#pollOtherProcesses();
    }
  }

  /** Waits a moment for another process, or another call in this one, and adopts the run of a process that died. */
  async #pollOtherProcesses(): Promise<void> {
    await sleep(POLL_MS);
    await this.supervisor.adoptOrphans();
  }
}

/** An image may contain anything; an invalid signal is ignored. */
function stopSignalOf({ config }: StoredContainer): NodeJS.Signals | number {
  try {
    return parseSignal(config.process.StopSignal || 'TERM');
  } catch {
    return 'SIGTERM';
  }
}
