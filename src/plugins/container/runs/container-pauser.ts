import { isAlive } from '../../../host/index.js';
import { Freezer } from '../cgroups/index.js';
import { type Caller, isActive } from '../contracts/index.js';
import { pauseError, type StoredContainer, unpauseError } from '../records/index.js';
import type { RunDependencies } from './dependencies.js';

type Services = Pick<RunDependencies, 'store' | 'control' | 'locks' | 'log'>;

/** Freezes and thaws containers. The freezer says what is so; the row follows it. */
export class ContainerPauser {
  constructor(private readonly services: Services) {}

  async pause(reference: string, caller: Caller = {}): Promise<void> {
    const { store, locks } = this.services;
    const found = store.find(reference);
    using _lock = await locks.take(found, 'exclusive', 'pause', caller);
    const container = this.#settled(found.id);
    const refusal = pauseError(container);
    if (refusal) throw refusal;
    await this.#pause(container);
  }

  async #pause(container: StoredContainer): Promise<void> {
    const { store, control } = this.services;
    try {
      await control.pause(container.id);
    } catch (error) {
      const hasEnded = !container.init || !isAlive(container.init);
      throw (hasEnded && pauseError({ ...container, status: 'exited' })) || error;
    }
    store.setPaused(container, true);
  }

  async unpause(reference: string, caller: Caller = {}): Promise<void> {
    const { store, locks } = this.services;
    const found = store.find(reference);
    using _lock = await locks.take(found, 'exclusive', 'unpause', caller);
    const container = this.#settled(found.id);
    const refusal = unpauseError(container);
    if (refusal) throw refusal;
    thaw(this.services.store, container);
  }

  /** Like `Runtime.holdFiles`. */
  async holdFiles(
    reference: string,
    { pause, ...caller }: { readonly pause: boolean } & Caller,
  ): Promise<AsyncDisposable> {
    const { store, locks } = this.services;
    const found = store.find(reference);
    const pauses = pause && isActive(found);
    await using held = new AsyncDisposableStack();
    held.use(await locks.take(found, pauses ? 'exclusive' : 'shared', pause ? 'commit' : 'export', caller));
    const container = this.#settled(found.id);
    // It has been started meanwhile.
    if (pause && !pauses && isActive(container)) return await this.holdFiles(container.id, { pause, ...caller });
    if (pauses && container.status === 'running' && !container.paused) await this.#freeze(container, held);
    // A running container's files change in any case.
    return isActive(container) && !pauses ? new AsyncDisposableStack() : held.move();
  }

  async #freeze(container: StoredContainer, held: AsyncDisposableStack): Promise<void> {
    const { store, log } = this.services;
    store.setTransientPause(container);
    held.defer(() => {
      try {
        thaw(this.services.store, container);
      } catch (error) {
        log.warn(`container ${container.id}: cannot be resumed: ${String(error)}`);
      }
    });
    await this.#pause(container);
  }

  /** Call it under the lock: who froze it for a moment and is done, has thawed it; so one who has not is dead. */
  #settled(id: string): StoredContainer {
    const container = this.services.store.find(id);
    settlePause(this.services.store, container);
    return this.services.store.find(id);
  }
}

/** Resumes a container that a dead engine had paused for a moment, and corrects the row of any other. */
export function settlePause(store: RunDependencies['store'], container: StoredContainer): void {
  if (container.status !== 'running') return;
  if (store.isTransientPause(container.id)) thaw(store, container);
  else store.setPaused(container, new Freezer(container.id).isFrozen);
}

/** Nothing happens where it is not frozen, or its run is over. */
export function thaw(store: RunDependencies['store'], container: StoredContainer): void {
  if (!store.isCurrent(container)) return;
  const freezer = new Freezer(container.id);
  if (freezer.isFrozen) freezer.thaw();
  store.setPaused(container, false);
}
