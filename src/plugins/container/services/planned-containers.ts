import { GantryError } from '../../../kernel/index.js';
import { type Container, type ContainerConfig, NEVER_RUN, type Runtime } from '../contracts/index.js';
import { checkName, nameInUse, newContainerId, sameName } from '../records/index.js';

/** Creation time of a planned container. */
export const NOT_CREATED = new Date(0);

/** The containers after the steps of a dry run so far. */
export class PlannedContainers {
  readonly #changed = new Map<string, Container>();
  readonly #removed = new Set<string>();

  constructor(private readonly runtime: Runtime) {}

  get(reference: string): Container {
    const container = this.#changed.get(reference) ?? this.runtime.get(reference);
    if (this.#removed.has(container.id)) throw new GantryError('not found', `No such container: ${reference}`);
    return this.#changed.get(container.id) ?? container;
  }

  list(): readonly Container[] {
    return this.runtime
      .list()
      .filter(({ id }) => !this.#removed.has(id))
      .map((container) => this.#changed.get(container.id) ?? container);
  }

  /** @throws GantryError `invalid`, `conflict` for the name */
  create(config: ContainerConfig, name: string | undefined): Container {
    const taken = name === undefined ? undefined : checkName(name);
    const owner = this.list().find((other) => other.name === taken);
    if (owner) throw nameInUse(owner.name, owner.id);
    const created: Container = {
      ...NEVER_RUN,
      ...{ id: newContainerId(), name: taken ?? '', created: NOT_CREATED, config },
    };
    this.#changed.set(created.id, created);
    return created;
  }

  start(container: Container): void {
    this.#changed.set(container.id, { ...container, status: 'running' });
  }

  /** @throws GantryError `invalid`, `conflict` for the name */
  rename(container: Container, wanted: string): void {
    const name = checkName(wanted);
    const owner = this.list().find((other) => other.name === name);
    if (owner?.id === container.id) throw sameName();
    if (owner) throw nameInUse(owner.name, owner.id);
    this.#changed.set(container.id, { ...container, name });
  }

  pause(container: Container, paused: boolean): void {
    this.#changed.set(container.id, { ...container, paused });
  }

  stop(container: Container): void {
    const ended = { status: 'exited', pid: 0, lease: undefined, paused: false, restartAt: undefined } as const;
    this.#changed.set(container.id, { ...container, ...ended });
  }

  remove({ id }: Container): void {
    this.#changed.delete(id);
    this.#removed.add(id);
  }
}
