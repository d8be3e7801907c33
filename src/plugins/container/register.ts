import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { GantryError } from '../../kernel/index.js';
import type { Graph } from '../image/index.js';
import type { NetworkManager, Networks } from '../network/index.js';
import type { Config, Database } from '../system/index.js';
import type { Volumes } from '../volume/index.js';
import type { ContainerFiles } from './container-files.js';
import { type ContainerRecord, readRecord, writeRecord } from './container-record.js';
import type { ContainerConfig, MountRequest } from './contracts.js';
import { checkName, newContainerId, randomName, shortId } from './identity.js';
import { hasNetwork, sharedWith, sharing } from './network-mode.js';
import { stillRuns } from './refusals.js';
import type { RemovedContainers } from './removed-containers.js';
import type { ContainerStore } from './store.js';
import { fromRow, type StoredContainer } from './stored-container.js';

const NAME_ATTEMPTS = 50;

interface Ground {
  readonly config: Config;
  readonly database: Database;
  readonly store: ContainerStore;
  readonly files: ContainerFiles;
  readonly removed: RemovedContainers;
  readonly graph: Graph;
  readonly network: NetworkManager;
  readonly networks: Networks;
  readonly volumes: Volumes;
}

/** Which containers there are: the row of each, and what it holds of images, volumes and networks, in one transaction. */
export class ContainerRegister {
  constructor(private readonly ground: Ground) {}

  /** @throws GantryError `not found` */
  checkNetwork(mode: string): void {
    const lender = sharedWith(mode);
    if (lender !== undefined) this.ground.store.find(lender);
    if (hasNetwork(mode)) this.ground.networks.get(mode);
  }

  /** @returns its id */
  create(config: ContainerConfig, name?: string): string {
    const { database, store, graph, files } = this.ground;
    const id = newContainerId();
    const record = database.transaction(() => {
      const given = name === undefined ? this.#freeName() : checkName(name);
      store.refuseTaken(given);
      const mounts = config.mounts.map((mount) => this.#holdVolume(id, mount));
      const network = this.#networkOf(config.network);
      const settled = { ...config, network, hostname: this.#hostnameOf(id, { ...config, network }), mounts };
      const made: ContainerRecord = { id, name: given, created: Date.now(), config: settled };
      store.insert(made);
      if (hasNetwork(network)) this.#holdPlace(id, given, config);
      graph.hold(config.imageId, id);
      return made;
    });
    try {
      writeRecord(files.make(id).record, record);
    } catch (error) {
      // A full disk: nothing of it stays.
      this.discard(store.find(id), { volumes: true, undoable: false }).catch(() => undefined);
      throw error;
    }
    return id;
  }

  rename(container: StoredContainer, name: string): void {
    const { database, store, network } = this.ground;
    const next = checkName(name.replace(/^\//, ''));
    database.transaction(() => {
      store.rename(container, next);
      network.rename(container.id, container.name, next);
    });
    this.note(container.id);
  }

  /** Has its own folder tell what it is by now. */
  note(id: string): void {
    const { store, files } = this.ground;
    const container = store.byId(id);
    if (!container) return;
    const { name, created, config } = container;
    writeRecord(files.make(id).record, { id, name, created: created.getTime(), config });
  }

  /** Of containers that older engines made. @param failed is told of what cannot be, and of containers without a folder */
  noteMissing(failed: (id: string, error: unknown) => void): void {
    for (const { id, status } of this.ground.store.list()) {
      const { folder, record } = this.ground.files.of(id);
      if (existsSync(record)) continue;
      try {
        // An engine that was killed while it created one had not come so far.
        if (status !== 'created' && !existsSync(folder))
          throw new Error('its folder is missing, and what it wrote with it');
        this.note(id);
      } catch (error) {
        failed(id, error);
      }
    }
  }

  /**
   * Takes back a container whose row the database has lost, by what its own folder tells of it. One that was to be removed
   * at its end may have lost it rightly.
   * @returns whether it is there again
   */
  adopt(id: string): boolean {
    const { database, store, files, graph, network } = this.ground;
    const record = readRecord(files.of(id).record, id);
    if (!record || record.config.autoRemove) return false;
    database.transaction(() => {
      const name = store.hasName(record.name) ? `${record.name}-${shortId(id)}` : record.name;
      store.insert({ ...record, name });
      // An image that is gone, too, keeps it from running, and from nothing else.
      if (graph.list().some((image) => image.id === record.config.imageId)) graph.hold(record.config.imageId, id);
      for (const mount of record.config.mounts) this.#holdVolume(id, mount);
      // Its places may be known still.
      const places = network.deleteEndpoints(id);
      if (places) network.registerEndpoints({ id, hosts: files.of(id).hosts }, places);
      else if (hasNetwork(record.config.network)) this.#holdPlace(id, name, this.#onKnownNetwork(record.config));
    });
    return true;
  }

  #onKnownNetwork(config: ContainerConfig): ContainerConfig {
    const isKnown = this.ground.networks.list().some(({ id, name }) => [id, name].includes(config.network));
    if (!isKnown) return { ...config, network: 'bridge', networkWishes: { aliases: [], links: [] } };
    // Those that it was linked with may be gone.
    return { ...config, networkWishes: { aliases: [], ...config.networkWishes, links: [] } };
  }

  /** @param undoable `putBack` can bring it back */
  async discard(
    container: StoredContainer,
    { volumes, undoable }: { readonly volumes: boolean; readonly undoable: boolean },
  ): Promise<void> {
    const { ground } = this;
    let unused: readonly string[] = [];
    ground.database.transaction(() => {
      const row = ground.store.take(container.id);
      if (!row && ground.store.byId(container.id)) throw stillRuns(container);
      const places = ground.network.deleteEndpoints(container.id);
      if (row && undoable) ground.removed.add(row, places);
      ground.graph.release(container.id);
      unused = ground.volumes.release(container.id);
    });
    if (volumes) for (const name of unused) await ground.volumes.remove(name);
    if (undoable) ground.files.bury(container.id);
    const freed = undoable ? ground.removed.trim() : ground.files.discard(container.id);
    // What stays is swept by the next daemon.
    freed.catch(() => undefined);
    if (!ground.config.daemon) await freed;
  }

  /** @throws GantryError `not found`, also for a network of it; `conflict` where its name is taken by now */
  putBack(id: string): void {
    const { database, removed, store, graph, network, files } = this.ground;
    database.transaction(() => {
      const row = removed.row(id);
      const { imageId, mounts } = fromRow(row).config;
      const places = removed.placesOf(id);
      store.putBack(row);
      graph.hold(imageId, id);
      if (places) network.registerEndpoints({ id, hosts: files.of(id).hosts }, places);
      for (const mount of mounts) this.#holdVolume(id, mount);
      removed.restored(id);
    });
  }

  /** A container that lends its network is told apart by its id. */
  #networkOf(mode: string): string {
    const lender = sharedWith(mode);
    return lender === undefined ? mode : sharing(this.ground.store.find(lender).id);
  }

  #hostnameOf(id: string, { hostname: asked, network }: ContainerConfig): string {
    const lender = sharedWith(network);
    if (lender !== undefined) return this.ground.store.find(lender).config.hostname;
    return asked || (network === 'host' ? hostname() : shortId(id));
  }

  #holdPlace(id: string, name: string, { network, networkWishes }: ContainerConfig): void {
    const { aliases = [], links = [], ...wishes } = networkWishes ?? {};
    const endpoint = {
      ...wishes,
      network,
      names: [name, shortId(id), ...aliases],
      links: links.map(({ container, alias }) => ({ target: this.ground.store.find(container).id, alias })),
    };
    this.ground.network.registerEndpoints({ id, hosts: this.ground.files.of(id).hosts }, [endpoint]);
  }

  #holdVolume(holder: string, mount: MountRequest): MountRequest {
    if (mount.type !== 'volume') return mount;
    const volume = this.ground.volumes.ensure(mount.source);
    this.ground.volumes.hold(volume.name, holder);
    return { ...mount, source: volume.name };
  }

  #freeName(): string {
    for (let attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
      const name = randomName(attempt);
      if (!this.ground.store.hasName(name)) return name;
    }
    throw new GantryError('unavailable', 'No free name found for the container', { hint: 'Give it one with --name' });
  }
}
