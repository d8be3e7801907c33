import { shortId, type Values } from '../../../kernel/index.js';
import { Database, Events } from '../../system/index.js';
import { type Container, isActive } from '../contracts/index.js';
import { ContainerStore } from '../records/index.js';

/**
 * Names of containers, and ids once the user has typed the beginning of one. They come from the database alone:
 * `Runtime` would adopt orphaned runs, which is too much for a key press where no daemon runs.
 */
export class ContainerNameCompletion implements Values {
  readonly #store: ContainerStore;

  constructor(@Database database: Database, @Events events: Events) {
    this.#store = new ContainerStore(database, events);
  }

  async values(typed: string): Promise<readonly string[]> {
    this.#store.migrate();
    const containers = this.#store.names().filter(({ status }) => this.isWanted(status));
    const ids = /^[0-9a-f]+$/.test(typed) ? containers.map(({ id }) => shortId(id)) : [];
    return [...containers.map(({ name }) => name), ...ids];
  }

  protected isWanted(_status: Container['status']): boolean {
    return true;
  }
}

export class RunningNameCompletion extends ContainerNameCompletion {
  protected override isWanted(status: Container['status']): boolean {
    return isActive({ status });
  }
}

export class StoppedNameCompletion extends ContainerNameCompletion {
  protected override isWanted(status: Container['status']): boolean {
    return !isActive({ status });
  }
}
