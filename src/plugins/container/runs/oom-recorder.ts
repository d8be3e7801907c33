import { OomKills } from '../cgroups/index.js';
import { type Bundle } from '../host/index.js';
import type { StoredContainer } from '../records/index.js';
import type { RunDependencies } from './dependencies.js';

/**
 * Records what the kernel killed in the runs of this process for want of memory. A local call, which reads the whole log
 * of the kernel for it, looks only at containers with a limit of their own.
 */
export class OomRecorder {
  readonly #kills = new OomKills((id) => this.#record(id));

  /** @param owns whether a run of a container is this process's, and its program may have started */
  constructor(
    private readonly services: Pick<RunDependencies, 'store' | 'config' | 'log'>,
    private readonly owns: (id: string) => boolean,
  ) {}

  /** Call it before the program of a run starts: kills until now are those of earlier runs. */
  begin({ config }: StoredContainer, bundle: Bundle): void {
    if (config.memory > 0 || this.services.config.daemon) bundle.writeKernelLogPosition(this.#kills.look());
  }

  /** Call it before a run of a dead process becomes this one's: records what was killed in it meanwhile. */
  adopt({ id, oomKilled }: StoredContainer, bundle: Bundle): void {
    if (!oomKilled && this.hasKilled(id, bundle)) this.services.store.setOomKilled(id);
  }

  /** Records the kills since the last look. A report is in the kernel's log before the killed process has ended. */
  look(): void {
    this.#kills.look();
  }

  /** Whether anything was killed in a run, also while no engine looked. */
  hasKilled(id: string, bundle: Bundle): boolean {
    try {
      const start = bundle.kernelLogPosition();
      if (start === undefined) return false;
      this.#kills.look();
      return this.#kills.since(id, start);
    } catch (error) {
      this.services.log.warn(`container ${id}: ${String(error)}`);
      return false;
    }
  }

  end(id: string): void {
    this.#kills.forget(id);
  }

  stop(): void {
    this.#kills.close();
  }

  #record(id: string): void {
    try {
      if (this.owns(id)) this.services.store.setOomKilled(id);
    } catch (error) {
      // The end of the run records it.
      this.services.log.warn(`container ${id}: ${String(error)}`);
    }
  }
}
