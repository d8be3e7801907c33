import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { kindAt } from '../../../host/index.js';
import { type Check, type Finding, GantryError, type Repair, shortId } from '../../../kernel/index.js';
import { Graph } from '../../image/index.js';
import { NetworkManager, Networks } from '../../network/index.js';
import { Config, Database, Events } from '../../system/index.js';
import { Volumes } from '../../volume/index.js';
import { isActive, Runtime } from '../contracts/index.js';
import { isDamaged, repairSegment, segmentsOf } from '../logs/index.js';
import {
  ContainerFolders,
  ContainerRegister,
  ContainerStore,
  DamagedRows,
  RemovedContainers,
  readRecoveryRecord,
  type StoredContainer,
} from '../records/index.js';

/** Containers against their rows: each one's configuration, folder and log. */
export class ContainerCheck implements Check {
  readonly #store: ContainerStore;
  readonly #files: ContainerFolders;
  readonly #removed: RemovedContainers;
  readonly #register: ContainerRegister;

  /** @param _runtime is asked for so that its tables exist and orphaned runs are recorded */
  constructor(
    @Config config: Config,
    @Database private readonly database: Database,
    @Events events: Events,
    @Graph private readonly graph: Graph,
    @NetworkManager private readonly network: NetworkManager,
    @Networks networks: Networks,
    @Volumes private readonly volumes: Volumes,
    @Runtime _runtime: Runtime,
  ) {
    this.#store = new ContainerStore(database, events);
    this.#files = new ContainerFolders(config);
    this.#removed = new RemovedContainers(database, this.#files);
    this.#register = new ContainerRegister({
      ...{ config, database, graph, network, networks, volumes },
      ...{ store: this.#store, files: this.#files, removed: this.#removed },
    });
  }

  *findings(): Iterable<Finding> {
    yield* this.#damagedRows();
    yield* this.#lostRows();
    const images = new Set(this.graph.list().map(({ id }) => id));
    for (const container of this.#store.list()) {
      yield* this.#folder(container);
      yield* this.#log(container);
      if (images.has(container.config.imageId)) continue;
      const hint = `Pull or load ${container.config.image} again; \`docker cp\` and \`docker rm\` work without`;
      yield {
        object: describe(container),
        problem: `its image ${shortId(container.config.imageId)} is not there`,
        hint,
      };
    }
  }

  /** Rows that SQLite accepts and that the engine cannot read. */
  *#damagedRows(): Iterable<Finding> {
    const rows = new DamagedRows(this.database);
    for (const { id, name } of rows.list()) {
      const record = readRecoveryRecord(this.#files.pathsOf(id).record, id);
      const repair = record
        ? {
            does: 'take its configuration from its own folder',
            did: 'taken from its own folder',
            run: () => rows.restore(id, record.config),
          }
        : {
            does: 'forget it, and put its folder into the folder lost',
            did: "forgotten; its files are in the root's folder lost",
            run: () => this.#forget(id, rows),
          };
      yield { object: describe({ id, name }), problem: 'its row in the database is damaged', repair };
    }
  }

  #forget(id: string, rows: DamagedRows): void {
    this.#files.quarantine(id);
    this.database.transaction(() => {
      rows.delete(id);
      this.network.deleteEndpoints(id);
      this.graph.release(id);
      this.volumes.release(id);
    });
  }

  /** Folders of containers that have no row any more. */
  *#lostRows(): Iterable<Finding> {
    for (const id of this.#files.ids()) {
      if (this.#store.has(id) || this.#removed.has(id)) continue;
      const record = readRecoveryRecord(this.#files.pathsOf(id).record, id);
      if (!record || record.config.autoRemove) continue;
      const repair = {
        does: 'take it back',
        did: 'taken back, from its own folder',
        run: () => void this.#register.recoverFromRecord(id),
      };
      yield { object: describe(record), problem: 'the database does not know it', repair };
    }
  }

  *#folder(container: StoredContainer): Iterable<Finding> {
    const paths = this.#files.pathsOf(container.id);
    const object = describe(container);
    for (const [path, problem] of [
      [paths.folder, 'its folder is'],
      [paths.upper, 'the folder of what it wrote is'],
      [paths.work, "the file system's own folder beside it is"],
    ] as const) {
      const kind = kindAt(path);
      if (kind === 'folder') continue;
      const how = kind ? 'no folder' : 'missing';
      yield { object, problem: `${problem} ${how}`, repair: recreation(() => this.#recreateFolders(container)) };
      return;
    }
    for (const path of [paths.hosts, paths.hostname, paths.resolvConf]) {
      if ([undefined, 'file'].includes(kindAt(path))) continue;
      const run = (): void => rmSync(path, { recursive: true });
      const repair = { does: 'delete it', did: 'deleted: the next start makes it anew', run };
      yield { object, problem: `its file ${basename(path)} is no file`, repair };
    }
    if (readRecoveryRecord(paths.record, container.id)) return;
    const repair = { does: 'write it anew', did: 'written anew', run: () => this.#register.writeRecord(container.id) };
    yield { object, problem: 'its own record, container.json, is missing or damaged', repair };
  }

  #recreateFolders(container: StoredContainer): void {
    const { id, name } = container;
    if (isActive(container)) {
      throw new GantryError('conflict', `container ${name} runs: stop it first`);
    }
    this.#files.recreate(id);
    this.#register.writeRecord(id);
  }

  *#log({ id, name, status }: StoredContainer): Iterable<Finding> {
    const { log } = this.#files.pathsOf(id);
    // The newest segment of a running container is being written.
    const segments = segmentsOf(log).slice(0, status === 'exited' ? undefined : -1);
    for (const segment of segments.filter(isDamaged)) {
      const repair = {
        does: 'cut off what cannot be read',
        did: 'what could not be read was cut off',
        run: () => void repairSegment(segment),
      };
      yield { object: describe({ id, name }), problem: `its log is damaged: ${segment.path}`, repair };
    }
  }
}

function recreation(run: () => void): Repair {
  return { does: 'make it anew, empty', did: 'made anew, empty', run };
}

function describe({ id, name }: { readonly id: string; readonly name: string }): string {
  return `container ${name} (${shortId(id)})`;
}
