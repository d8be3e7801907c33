import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { GantryError, settleAll, shortId } from '../../../kernel/index.js';
import type { Graph } from '../../image/index.js';
import type { NetworkManager, Networks } from '../../network/index.js';
import type { Config, Database } from '../../system/index.js';
import type { Volumes } from '../../volume/index.js';
import type { ContainerConfig, MountRequest } from '../contracts/index.js';
import { containerMode, hasNetwork, parseContainerMode } from '../parsers/index.js';
import type { ContainerFolders } from './container-folders.js';
import { newContainerId } from './container-id.js';
import { checkName, randomName } from './container-name.js';
import { parseRow, type StoredContainer } from './container-row.js';
import type { ContainerStore } from './container-store.js';
import { type RecoveryRecord, readRecoveryRecord, writeRecoveryRecord } from './recovery-record.js';
import type { RemovedContainers } from './removed-containers.js';

const NAME_ATTEMPTS = 50;

interface Dependencies {
  readonly config: Config;
  readonly database: Database;
  readonly store: ContainerStore;
  readonly files: ContainerFolders;
  readonly removed: RemovedContainers;
  readonly graph: Graph;
  readonly network: NetworkManager;
  readonly networks: Networks;
  readonly volumes: Volumes;
}

/**
 * Creates, renames, removes and restores containers: the row of each, and its references to images, volumes and
 * networks, in one transaction.
 */
export class ContainerRegister {
  constructor(private readonly services: Dependencies) {}

  /** @throws GantryError `not found` */
  checkNetwork(mode: string): void {
    const joined = parseContainerMode(mode);
    if (joined !== undefined) this.services.store.find(joined);
    if (hasNetwork(mode)) this.services.networks.get(mode);
  }

  /** @returns its id */
  create(config: ContainerConfig, name?: string): string {
    const { database, store, graph, files } = this.services;
    const id = newContainerId();
    const record = database.transaction(() => {
      const given = name === undefined ? this.#freeName() : checkName(name);
      store.requireFreeName(given);
      const mounts = config.mounts.map((mount) => this.#holdVolume(id, mount));
      const network = this.#joined(config.network);
      const [pid, ipc] = [this.#joined(config.pid), this.#joined(config.ipc)];
      const settled = { ...config, network, pid, ipc, hostname: this.#hostnameOf(id, { ...config, network }), mounts };
      const made: RecoveryRecord = { id, name: given, created: Date.now(), config: settled };
      store.insert(made);
      if (hasNetwork(network)) this.#registerEndpoints(id, given, config);
      graph.hold(config.imageId, id);
      return made;
    });
    try {
      writeRecoveryRecord(files.create(id).record, record);
    } catch (error) {
      // On a full disk nothing of it stays.
      void this.#undoCreation(id).catch(() => undefined);
      throw error;
    }
    return id;
  }

  async #undoCreation(id: string): Promise<void> {
    await this.remove(this.services.store.find(id), { volumes: true, undoable: false });
  }

  rename(id: string, name: string): void {
    const { database, store, network } = this.services;
    const next = checkName(name);
    database.transaction(() => {
      // By its id: another call may have renamed it meanwhile.
      const container = store.find(id);
      store.rename(container, next);
      network.rename(id, container.name, next);
    });
    this.writeRecord(id);
  }

  /** Updates the recovery record in the container's own folder: of two writers the later one has the later row. */
  writeRecord(id: string): void {
    const { database, store, files } = this.services;
    database.transaction(() => {
      const container = store.byId(id);
      if (!container) return;
      const { name, created, config } = container;
      writeRecoveryRecord(files.create(id).record, { id, name, created: created.getTime(), config });
    });
  }

  /**
   * Writes the records of containers that older engines created.
   * @param failed is called for failures, and for containers without a folder
   */
  writeMissingRecords(failed: (id: string, error: unknown) => void): void {
    for (const { id, status } of this.services.store.list()) {
      const { folder, record } = this.services.files.pathsOf(id);
      if (existsSync(record)) continue;
      try {
        // An engine that was killed while it created one had not made its folder yet.
        if (status !== 'created' && !existsSync(folder))
          throw new Error('its folder is missing, and what it wrote with it');
        this.writeRecord(id);
      } catch (error) {
        failed(id, error);
      }
    }
  }

  /**
   * Recovers a container whose row is lost from the record in its own folder. A container with `--rm` is not recovered:
   * its row may have been deleted on purpose.
   * @returns whether it exists again
   */
  recoverFromRecord(id: string): boolean {
    const { database, store, files, graph, network } = this.services;
    const record = readRecoveryRecord(files.pathsOf(id).record, id);
    if (!record || record.config.autoRemove) return false;
    database.transaction(() => {
      const name = store.hasName(record.name) ? `${record.name}-${shortId(id)}` : record.name;
      store.insert({ ...record, name });
      // Without its image it cannot run, and everything else works.
      if (graph.list().some((image) => image.id === record.config.imageId)) graph.hold(record.config.imageId, id);
      for (const mount of record.config.mounts) this.#holdVolume(id, mount);
      // Its endpoints may still be known.
      const endpoints = network.deleteEndpoints(id);
      if (endpoints) network.registerEndpoints({ id, hosts: files.pathsOf(id).hosts }, endpoints);
      else if (hasNetwork(record.config.network))
        this.#registerEndpoints(id, name, this.#withKnownNetwork(record.config));
    });
    return true;
  }

  #withKnownNetwork(config: ContainerConfig): ContainerConfig {
    const known = new Set(this.services.networks.list().flatMap(({ id, name }) => [id, name]));
    const moreNetworks = (config.moreNetworks ?? []).filter(({ network }) => known.has(network));
    if (!known.has(config.network)) {
      return { ...config, network: 'bridge', networkWishes: { aliases: [], links: [] }, moreNetworks };
    }
    // Containers that it was linked with may be gone.
    return { ...config, networkWishes: { aliases: [], ...config.networkWishes, links: [] }, moreNetworks };
  }

  /**
   * @param undoable whether `restore` can bring it back
   * @returns false where it runs, and stays
   */
  async remove(
    { id }: Pick<StoredContainer, 'id'>,
    { volumes, undoable }: { readonly volumes: boolean; readonly undoable: boolean },
  ): Promise<boolean> {
    const { services } = this;
    const work = (): readonly string[] | undefined => {
      const row = services.store.deleteRow(id);
      if (!row && services.store.has(id)) return undefined;
      const endpoints = services.network.deleteEndpoints(id);
      if (row && undoable) services.removed.add(row, endpoints);
      services.graph.release(id);
      return services.volumes.release(id);
    };
    const unused = await services.database.patiently(() => services.database.transaction(work));
    if (!unused) return false;
    const removals = (volumes ? unused : []).map((name) => services.volumes.remove(name));
    await settleAll([...removals, this.#releaseFolder(id, undoable)]);
    return true;
  }

  /** Moves its folder, unless another process has brought the container back meanwhile. */
  async #releaseFolder(id: string, undoable: boolean): Promise<void> {
    const { database, store, files, removed, config } = this.services;
    const move = (): Promise<void> | undefined => {
      if (store.has(id)) return undefined;
      if (!undoable) return files.discard(id);
      files.moveToRemoved(id);
      return undefined;
    };
    const moved = await database.patiently(() => database.transaction(() => ({ freed: move() })));
    const freed = undoable ? removed.trim() : (moved.freed ?? Promise.resolve());
    // The next daemon deletes what stays.
    freed.catch(() => undefined);
    if (!config.daemon) await freed;
  }

  /**
   * @throws GantryError `not found`, also for a network of it; `conflict` where another container has its name by now
   */
  restore(id: string): void {
    const { database, removed, store, graph, network, files } = this.services;
    database.transaction(() => {
      const row = removed.row(id);
      const { imageId, mounts } = parseRow(row).config;
      const endpoints = removed.endpointsOf(id);
      store.restoreRow(row);
      graph.hold(imageId, id);
      if (endpoints) network.registerEndpoints({ id, hosts: files.pathsOf(id).hosts }, endpoints);
      for (const mount of mounts) this.#holdVolume(id, mount);
      removed.restore(id);
    });
  }

  /** A container whose namespace is joined is stored by its id. */
  #joined<M extends string>(mode: M): M | `container:${string}` {
    const joined = parseContainerMode(mode);
    return joined === undefined ? mode : containerMode(this.services.store.find(joined).id);
  }

  #hostnameOf(id: string, { hostname: asked, network }: ContainerConfig): string {
    const joined = parseContainerMode(network);
    if (joined !== undefined) return this.services.store.find(joined).config.hostname;
    return asked || (network === 'host' ? hostname() : shortId(id));
  }

  #registerEndpoints(id: string, name: string, config: ContainerConfig): void {
    const { network, hostname: own, networkWishes, moreNetworks = [] } = config;
    const all = [{ aliases: [], links: [], ...networkWishes, network }, ...moreNetworks];
    const endpoints = all
      .sort((one, other) => (other.gatewayPriority ?? 0) - (one.gatewayPriority ?? 0))
      .map(({ aliases, links, network: reference, address, macAddress }) => ({
        ...{ network: reference, address, macAddress },
        names: [name, shortId(id), ...aliases, ...(own ? [own] : [])],
        links: links.map(({ container, alias }) => ({ target: this.services.store.find(container).id, alias })),
      }));
    this.services.network.registerEndpoints({ id, hosts: this.services.files.pathsOf(id).hosts }, endpoints);
  }

  #holdVolume(holder: string, mount: MountRequest): MountRequest {
    if (mount.type !== 'volume') return mount;
    const volume = this.services.volumes.ensure(mount.source, mount.labels);
    this.services.volumes.hold(volume.name, holder);
    return { ...mount, source: volume.name };
  }

  #freeName(): string {
    for (let attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
      const name = randomName(attempt);
      if (!this.services.store.hasName(name)) return name;
    }
    throw new GantryError('unavailable', 'No free name found for the container', { hint: 'Give it one with --name' });
  }
}
