import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MNT_DETACH, type ProcessIdentity, signalProcess, Trash, unmount } from '../../../host/index.js';
import { type Check, type Finding, shortId } from '../../../kernel/index.js';
import { NetworkManager } from '../../network/index.js';
import { Config, Database, Events } from '../../system/index.js';
import { controlGroupsOf, groupIds, killMembers, pidsOf, removeControlGroups } from '../cgroups/index.js';
import { Runtime } from '../contracts/index.js';
import { type Bundle, processesWith, releaseUnknownRun } from '../host/index.js';
import { ContainerFolders, ContainerStore, RemovedContainers, readRecoveryRecord } from '../records/index.js';

/** A younger object may be about to go: a row is deleted first, then what belongs to it. */
const MIN_AGE_MS = 2000;

/** Objects on the host that belong to no container: folders, mounts, processes, control groups, leases, trash. */
export class OrphanCheck implements Check {
  readonly #store: ContainerStore;
  readonly #files: ContainerFolders;
  readonly #removed: RemovedContainers;

  /** @param _runtime is asked for so that its tables exist and orphaned runs are recorded */
  constructor(
    @Config private readonly config: Config,
    @Database database: Database,
    @Events events: Events,
    @NetworkManager private readonly network: NetworkManager,
    @Runtime _runtime: Runtime,
  ) {
    this.#store = new ContainerStore(database, events);
    this.#files = new ContainerFolders(config);
    this.#removed = new RemovedContainers(database, this.#files);
  }

  *findings(): Iterable<Finding> {
    // Mounts come first: deleting a folder would delete what is mounted in it.
    yield* this.#mounts();
    yield* this.#folders();
    yield* this.#runs();
    yield* this.#controlGroups();
    yield* this.#leases();
    const trash = new Trash(this.config.root, '');
    for (const entry of trash.entries().filter((path) => !isYoung(path))) {
      yield orphan(`trash ${basename(entry)}`, 'waits to be deleted', 'delete it', 'deleted', () =>
        trash.delete(entry),
      );
    }
  }

  *#folders(): Iterable<Finding> {
    const known = (id: string): boolean => this.#store.has(id);
    for (const id of this.#files.ids()) {
      // A container that can be recovered is no orphan.
      const record = readRecoveryRecord(this.#files.pathsOf(id).record, id);
      if (known(id) || (record && !record.config.autoRemove && !this.#removed.has(id))) continue;
      if (isYoung(this.#files.pathsOf(id).folder)) continue;
      const run = (): Promise<void> | void =>
        this.#removed.has(id) ? this.#files.moveToRemoved(id) : this.#files.discard(id);
      yield orphan(`folder ${this.#files.pathsOf(id).folder}`, 'belongs to no container', 'delete it', 'deleted', run);
    }
    for (const id of this.#files.removedIds().filter((one) => !this.#removed.has(one))) {
      const run = (): Promise<void> => this.#files.discardRemoved(id);
      yield orphan(
        `folder ${this.#files.removedPath(id)}`,
        'belongs to no removed container',
        'delete it',
        'deleted',
        run,
      );
    }
  }

  /** Run folders, with their pipes, of containers that do not run. */
  *#runs(): Iterable<Finding> {
    for (const id of this.#files.bundleIds().filter((one) => !this.#isActive(one))) {
      const bundle = this.#files.bundleOf(id);
      if (isYoung(bundle.path)) continue;
      const [pid] = pidsOf(id);
      const what = pid === undefined ? 'is of' : `a program runs (pid ${pid}) of`;
      const problem = `${what} a container that does not run: ${this.#nameOf(id)}`;
      yield orphan(`run folder ${bundle.path}`, problem, 'end it and delete the folder', 'ended, deleted', () =>
        this.#reapRun(id, bundle),
      );
    }
    for (const { process, id } of monitors(join(this.config.runDir, 'c'))) {
      if (this.#isActive(id) || this.#files.bundleIds().includes(id)) continue;
      const problem = `watches a container that does not run: ${this.#nameOf(id)}`;
      yield orphan(`process ${process.pid}`, problem, 'end it', 'ended', () => void signalProcess(process, 'SIGKILL'));
    }
  }

  async #reapRun(id: string, bundle: Bundle): Promise<void> {
    if (!this.#isActive(id)) await releaseUnknownRun(id, bundle);
  }

  /** All mounts of a run are in its monitor's namespace: a mount that the engine sees is an orphan. */
  *#mounts(): Iterable<Finding> {
    const folders = [join(this.config.root, 'containers'), join(this.config.runDir, 'c')].map((path) => `${path}/`);
    const points = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) => unescaped(line.split(' ')[4] ?? ''))
      .filter((point) => folders.some((folder) => point.startsWith(folder)));
    for (const point of points.reverse()) {
      yield orphan(`mount ${point}`, 'belongs to no container', 'unmount it', 'unmounted', () =>
        unmount(point, MNT_DETACH),
      );
    }
  }

  /**
   * Engines with other roots have their control groups here, too: only those of this engine's containers are reported.
   */
  *#controlGroups(): Iterable<Finding> {
    for (const id of groupIds()) {
      const isOurs = this.#store.has(id) || this.#removed.has(id);
      if (!isOurs || this.#isActive(id)) continue;
      if (controlGroupsOf(id).every(isYoung)) continue;
      const run = async (): Promise<void> => {
        await killMembers(id);
        removeControlGroups(id);
      };
      yield orphan(
        `control group /gantry/${shortId(id)}`,
        `is of a container that does not run: ${this.#nameOf(id)}`,
        'remove it',
        'removed',
        run,
      );
    }
  }

  *#leases(): Iterable<Finding> {
    for (const holder of this.network.leaseHolders().filter((id) => !this.#isActive(id))) {
      const reason = this.network.releaseFailure();
      const why = reason === undefined ? '' : `; it could not give them back: ${reason}`;
      const problem = `holds an address or ports, and does not run: ${this.#nameOf(holder)}${why}`;
      yield orphan(`lease of ${shortId(holder)}`, problem, 'give it back', 'given back', () =>
        this.network.release(holder),
      );
    }
  }

  #isActive(id: string): boolean {
    return this.#store.active().some((container) => container.id === id);
  }

  #nameOf(id: string): string {
    const found = this.#store.list().find((container) => container.id === id);
    return found ? `${found.name} (${shortId(id)})` : shortId(id);
  }
}

function orphan(object: string, problem: string, does: string, did: string, run: () => Promise<void> | void): Finding {
  return { object, problem, repair: { does, did, run } };
}

function isYoung(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Math.abs(Date.now() - stat.ctimeMs) < MIN_AGE_MS;
}

/** Monitors by their command line: `gantry-monitor BUNDLE ID ...`. */
function monitors(bundles: string): { readonly process: ProcessIdentity; readonly id: string }[] {
  const mark = `\0gantry-monitor\0${bundles}/`;
  return processesWith(mark).map(({ process, commandLine }) => {
    const [id = ''] = commandLine.slice(commandLine.indexOf(mark) + mark.length).split('\0');
    return { process, id };
  });
}

/** Spaces and other special characters are octal in /proc. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
