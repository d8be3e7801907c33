import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity, signalProcess } from '../../../host/index.js';
import { type Events } from '../../system/index.js';
import { isActive } from '../contracts/index.js';
import { killMembers } from '../host/index.js';
import type { RuntimeControl } from '../oci/index.js';
import { DEFAULT_STOP_TIMEOUT_S, signalNumber } from '../parsers/index.js';
import { type ContainerStore, notRunning, recordEvent, type StoredContainer } from '../records/index.js';
import { stopSignalOf } from './stop-signal.js';
import type { Supervisor } from './supervisor.js';

const SIGKILL = 9;
const POLL_MS = 50;
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Stops and kills runs, and waits for their end. */
export class ContainerStopper {
  constructor(
    private readonly store: ContainerStore,
    private readonly events: Events,
    private readonly control: RuntimeControl,
    private readonly supervisor: Supervisor,
  ) {}

  async kill(id: string, signal: NodeJS.Signals | number): Promise<void> {
    const container = this.store.find(id);
    if (!container.init || !isAlive(container.init)) throw notRunning(id, container);
    const number = signalNumber(signal);
    if (number === SIGKILL || number === signalNumber(stopSignalOf(container))) this.store.setStopped(container.id);
    this.#sendSignal(container, container.init, signal);
    if (number === SIGKILL) await this.#resumeIfPaused(container);
  }

  async stop(id: string, seconds?: number): Promise<void> {
    const container = this.store.find(id);
    this.store.setStopped(container.id);
    if (await this.stopRun(container.id, seconds)) recordEvent(this.events, container, 'stop');
  }

  /** Kills a running or starting container at once. */
  async forceKill(container: StoredContainer): Promise<void> {
    this.store.setStopped(container.id);
    const init = await this.#initOnceStarted(container.id);
    if (init) this.#sendSignal(container, init, 'SIGKILL');
    await killMembers(container.id);
    await this.#resumeIfPaused(container);
    await this.waitForExit(container.id);
  }

  /** False where nothing runs. */
  async stopRun(id: string, given?: number): Promise<boolean> {
    const init = await this.#initOnceStarted(id);
    const container = this.store.byId(id);
    if (!init || !container) return false;
    const seconds = given ?? container.config.stopTimeout ?? DEFAULT_STOP_TIMEOUT_S;
    this.#sendSignal(container, init, stopSignalOf(container));
    await this.#resumeIfPaused(container);
    const timeout = seconds < 0 ? undefined : AbortSignal.timeout(Math.min(seconds * 1000, MAX_TIMER_MS));
    await this.waitForExit(container.id, timeout);
    if (this.isActive(container.id)) {
      this.#sendSignal(container, init, 'SIGKILL');
      await killMembers(container.id);
    }
    await this.waitForExit(container.id);
    return true;
  }

  /** The first process of a running container, after its start; undefined where it does not run. */
  async #initOnceStarted(id: string): Promise<ProcessIdentity | undefined> {
    while (this.store.byId(id)?.status === 'starting') await this.#pollOtherProcesses();
    return this.store.byId(id)?.init;
  }

  /** A frozen process is not ended by a signal. */
  async #resumeIfPaused({ id, paused }: StoredContainer): Promise<void> {
    if (paused) await this.control.resume(id).catch(() => {});
  }

  #sendSignal(container: StoredContainer, init: ProcessIdentity, signal: NodeJS.Signals | number): void {
    if (!signalProcess(init, signal)) return;
    recordEvent(this.events, container, 'kill', { signal: String(signalNumber(signal)) });
  }

  /** Resolves when the current run has ended, or when the signal aborts. */
  async waitForExit(id: string, signal?: AbortSignal): Promise<void> {
    while (!signal?.aborted) {
      const run = this.supervisor.runOf(id);
      if (run) return void (await Promise.race([run.ended, aborted(signal)]));
      if (this.isActive(id)) await this.#pollOtherProcesses();
      else return;
    }
  }

  isActive(id: string): boolean {
    const container = this.store.byId(id);
    return container !== undefined && isActive(container);
  }

  /** Waits a moment for another process, or another call in this one, and adopts the run of a process that died. */
  async #pollOtherProcesses(): Promise<void> {
    await sleep(POLL_MS);
    await this.supervisor.adoptOrphans();
  }
}

/** Resolves when the signal aborts; never without one. */
function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
