import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../../host/index.js';
import { type Check, type Finding, shortId } from '../../../kernel/index.js';
import { Config, Database, Events } from '../../system/index.js';
import { Runtime } from '../contracts/index.js';
import { ContainerFolders, ContainerStore, type StoredContainer } from '../records/index.js';

/** What begins or ends takes a moment: only what is still so after it is wrong. */
const MOMENT_MS = 2000;

/** Containers that run, by their rows, against the processes and the folder of their runs. */
export class RunCheck implements Check {
  readonly #store: ContainerStore;
  readonly #files: ContainerFolders;

  /** @param _runtime is asked for so that its tables exist and orphaned runs are recorded */
  constructor(
    @Config private readonly config: Config,
    @Database database: Database,
    @Events events: Events,
    @Runtime _runtime: Runtime,
  ) {
    this.#store = new ContainerStore(database, events);
    this.#files = new ContainerFolders(config);
  }

  async *findings(): AsyncIterable<Finding> {
    const before = this.#problems();
    if (before.size === 0) return;
    await sleep(MOMENT_MS);
    for (const [object, problem] of this.#problems()) if (before.get(object) === problem) yield { object, problem };
  }

  #problems(): Map<string, string> {
    return new Map(
      this.#store.active().flatMap((container) => {
        const problem = this.#problemOf(container);
        return problem ? [[`container ${container.name} (${shortId(container.id)})`, problem]] : [];
      }),
    );
  }

  #problemOf({ id, status, init, owner }: StoredContainer): string | undefined {
    if (status === 'running' && !(init && isAlive(init))) return 'runs by its row, and its program does not';
    if (!this.#files.bundleOf(id).exists()) return 'runs, and its run folder is missing: nobody learns how it ends';
    // Without a daemon a container runs on, and the next one reads what it writes.
    const isOwned = owner !== undefined && isAlive(owner);
    return this.config.daemon && !isOwned ? 'runs, and no process of the engine reads what it writes' : undefined;
  }
}
