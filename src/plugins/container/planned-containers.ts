import { GantryError } from '../../kernel/index.js';
import type { Container, ContainerConfig, Runtime } from './contracts.js';
import { checkName, newContainerId } from './identity.js';
import { nameTaken } from './refusals.js';

/** When a container was created that is only planned. */
export const NOT_YET = new Date(0);

/** The containers as they would be by now, in a dry run. */
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
    if (owner) throw nameTaken(owner.name, owner.id);
    const created: Container = {
      ...{ id: newContainerId(), name: name ?? '', created: NOT_YET, config },
      ...{ status: 'created', pid: 0, exitCode: 0, error: '' },
      ...{ startedAt: undefined, finishedAt: undefined, lease: undefined },
    };
    this.#changed.set(created.id, created);
    return created;
  }

  start(container: Container): void {
    this.#changed.set(container.id, { ...container, status: 'running' });
  }

  end(container: Container): void {
    this.#changed.set(container.id, { ...container, status: 'exited', pid: 0, lease: undefined });
  }

  remove({ id }: Container): void {
    this.#changed.delete(id);
    this.#removed.add(id);
  }
}

export function isUp({ status }: Container): boolean {
  return status === 'running' || status === 'starting';
}
