import { type Events, isAlive, type ProcessIdentity } from '../system/index.js';
import { note } from './container-events.js';
import { aborted, send, stopSignalOf } from './ending.js';
import { DEFAULT_GRACE_SECONDS } from './grace.js';
import type { RuntimeControl } from './oci-control.js';
import { notRunning } from './refusals.js';
import { signalNumber } from './signal.js';
import type { ContainerStore } from './store.js';
import type { StoredContainer } from './stored-container.js';
import type { Supervisor } from './supervisor.js';

const SIGKILL = 9;
const WATCH_INTERVAL_MS = 50;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How runs are made to end, and waited for. */
export class Endings {
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
    this.#signal(container, container.init, signal);
    if (number === SIGKILL) await this.#thaw(container);
  }

  async stop(id: string, seconds?: number): Promise<void> {
    const container = this.store.find(id);
    this.store.setStopped(container.id);
    if (await this.endRun(container.id, seconds)) note(this.events, container, 'stop');
  }

  /** Ends at once what is up. */
  async force(container: StoredContainer): Promise<void> {
    this.store.setStopped(container.id);
    const init = await this.#begun(container.id);
    if (init && isAlive(init)) this.#signal(container, init, 'SIGKILL');
    await this.#thaw(container);
    await this.ended(container.id);
  }

  /** False where nothing runs. */
  async endRun(id: string, given?: number): Promise<boolean> {
    const init = await this.#begun(id);
    const container = this.store.byId(id);
    if (!init || !container) return false;
    const seconds = given ?? container.config.stopTimeout ?? DEFAULT_GRACE_SECONDS;
    this.#signal(container, init, stopSignalOf(container));
    await this.#thaw(container);
    const patience = seconds < 0 ? undefined : AbortSignal.timeout(Math.min(seconds * 1000, LONGEST_TIMER_MS));
    await this.ended(container.id, patience);
    if (isAlive(init)) this.#signal(container, init, 'SIGKILL');
    await this.ended(container.id);
    return true;
  }

  /** The first process of a container that runs, once its start is over; undefined where it does not run. */
  async #begun(id: string): Promise<ProcessIdentity | undefined> {
    while (this.store.byId(id)?.status === 'starting') await this.#watchForeignRun();
    return this.store.byId(id)?.init;
  }

  /** What is frozen ends by no signal. */
  async #thaw({ id, paused }: StoredContainer): Promise<void> {
    if (paused) await this.control.resume(id).catch(() => {});
  }

  #signal(container: StoredContainer, init: ProcessIdentity, signal: NodeJS.Signals | number): void {
    send(init, signal);
    note(this.events, container, 'kill', { signal: String(signalNumber(signal)) });
  }

  /** Resolves when the run of now has ended, or when the signal aborts. */
  async ended(id: string, signal?: AbortSignal): Promise<void> {
    while (!signal?.aborted) {
      const run = this.supervisor.runOf(id);
      if (run) return void (await Promise.race([run.settled, aborted(signal)]));
      if (this.isLive(id)) await this.#watchForeignRun();
      else return;
    }
  }

  isLive(id: string): boolean {
    const status = this.store.byId(id)?.status;
    return status === 'running' || status === 'starting';
  }

  /** Waits a moment for what another process, or this one at another place, is doing; does it for one that died. */
  async #watchForeignRun(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, WATCH_INTERVAL_MS));
    await this.supervisor.settleOrphans();
  }
}
