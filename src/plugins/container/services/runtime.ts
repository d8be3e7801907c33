import type { Readable } from 'node:stream';
import { isAlive } from '../../../host/index.js';
import { GantryError, type Service } from '../../../kernel/index.js';
import { Graph } from '../../image/index.js';
import { NetworkManager, Networks } from '../../network/index.js';
import { Config, Database, Events, Log, type Removed } from '../../system/index.js';
import { Volumes } from '../../volume/index.js';
import { Freezer, pidsOf, readStats } from '../cgroups/index.js';
import { applyUpdate } from '../config/index.js';
import {
  type Attachment,
  type Caller,
  type Container,
  type ContainerConfig,
  type ContainerStats,
  type ContainerUpdate,
  type ExecRequest,
  type ExecSession,
  isActive,
  type LogOptions,
  type OutputSink,
  type Runtime,
  type RuntimeDescription,
  type StartOptions,
  type StopOptions,
} from '../contracts/index.js';
import { getArchive, OpenRoots, putArchive, statPath } from '../copy/index.js';
import { startExec } from '../exec/index.js';
import { fillNewVolumes } from '../launch/index.js';
import { streamLog } from '../log-view/index.js';
import { changedLimits, probeRuntime, RuntimeControl } from '../oci/index.js';
import {
  ContainerFolders,
  ContainerLocks,
  ContainerRegister,
  ContainerStore,
  cannotAttach,
  cannotExec,
  ExecEvents,
  logNotReadable,
  parseRow,
  RemovedContainers,
  recordEvent,
  type StoredContainer,
  stillRunning,
  toContainer,
} from '../records/index.js';
import { ContainerPauser, ContainerStopper, Supervisor } from '../runs/index.js';

/** Containers on an OCI runtime. */
export class OciContainers implements Runtime, Service {
  readonly #store: ContainerStore;
  readonly #files: ContainerFolders;
  readonly #removed: RemovedContainers;
  readonly #register: ContainerRegister;
  readonly #control: RuntimeControl;
  readonly #supervisor: Supervisor;
  readonly #stopper: ContainerStopper;
  readonly #pauser: ContainerPauser;
  readonly #locks: ContainerLocks;
  readonly #roots: OpenRoots;
  readonly #fillVolumes: (container: StoredContainer) => Promise<void>;

  constructor(
    @Config private readonly config: Config,
    @Database database: Database,
    @Log private readonly log: Log,
    @Graph graph: Graph,
    @NetworkManager network: NetworkManager,
    @Networks networks: Networks,
    @Volumes volumes: Volumes,
    @Events private readonly events: Events,
  ) {
    this.#store = new ContainerStore(database, events);
    this.#files = new ContainerFolders(config);
    this.#removed = new RemovedContainers(database, this.#files);
    this.#control = new RuntimeControl(config);
    this.#locks = new ContainerLocks(this.#files, (id) => this.#store.has(id));
    const services = {
      ...{ config, log, database, graph, network, networks, volumes, control: this.#control, locks: this.#locks },
      ...{ store: this.#store, files: this.#files, removed: this.#removed },
    };
    this.#register = new ContainerRegister(services);
    this.#supervisor = new Supervisor(services, {
      removeEnded: (container) => this.#register.remove(container, { volumes: true, undoable: false }),
      recover: (id) => this.#register.recoverFromRecord(id),
      stopUnhealthy: (id) => this.#stopper.stopRun(id),
    });
    this.#stopper = new ContainerStopper(services, events, this.#supervisor);
    this.#pauser = new ContainerPauser(services);
    this.#roots = new OpenRoots(services);
    this.#fillVolumes = (container) => fillNewVolumes(services, container);
  }

  async onStart(): Promise<void> {
    this.#store.migrate();
    await this.#supervisor.reconcile();
    if (this.config.daemon)
      this.#register.writeMissingRecords((id, error) => this.log.warn(`container ${id}: ${String(error)}`));
  }

  async onStop(): Promise<void> {
    await this.#supervisor.stop();
  }

  checkNetwork(mode: string): void {
    this.#register.checkNetwork(mode);
  }

  async create(config: ContainerConfig, name?: string): Promise<Container> {
    const id = this.#register.create(config, name);
    try {
      await this.#fillVolumes(this.#store.find(id));
    } catch (error) {
      await this.#register.remove({ id }, { volumes: true, undoable: false });
      throw error;
    }
    return this.get(id);
  }

  get(reference: string): Container {
    return toContainer(this.#store.find(reference));
  }

  list(): readonly Container[] {
    return this.#store.list().map(toContainer);
  }

  async start(id: string, options: StartOptions = {}): Promise<Attachment> {
    return this.#supervisor.launch(this.#store.find(id), options);
  }

  attach(id: string, sink: OutputSink): Attachment {
    const container = this.#store.find(id);
    const run = this.#supervisor.runOf(container.id);
    if (!run || (container.paused && !this.#store.isTransientPause(container.id))) throw cannotAttach(id, container);
    recordEvent(this.events, container, 'attach');
    return run.attach(sink);
  }

  async exec(id: string, request: ExecRequest): Promise<ExecSession> {
    const container = this.#store.find(id);
    const { init } = container;
    if (container.status === 'exited' || !init || !isAlive(init)) throw cannotExec(container);
    // A runtime that joins a frozen container would wait until that is resumed.
    if (new Freezer(container.id).isFrozen) throw cannotExec({ ...container, paused: true });
    const bundle = this.#files.bundleOf(container.id);
    const target = { id: container.id, config: container.config, init, bundle };
    const events = new ExecEvents(this.events, container, request);
    events.created();
    const session = await startExec(this.config, target, request).catch((cause: unknown) => {
      throw isAlive(init) ? cause : cannotExec({ ...container, paused: false });
    });
    events.started(session, (error) => this.log.warn(`the end of a program in ${container.id}: ${String(error)}`));
    // A program that was killed for want of memory is known as such when its client learns of its end.
    return { ...session, ended: session.ended.finally(() => this.#supervisor.lookForOomKills()) };
  }

  async logs(id: string, sink: OutputSink, options: LogOptions): Promise<void> {
    const container = this.#store.find(id);
    if (container.config.log?.driver === 'none') throw logNotReadable();
    const isActive = (): boolean => this.#store.isCurrent(container);
    const output = this.#supervisor.runOf(container.id)?.output;
    await streamLog({ log: this.#files.pathsOf(container.id).log, output, isActive }, sink, options);
    options.signal?.throwIfAborted();
  }

  async wait(id: string, signal?: AbortSignal): Promise<number> {
    const found = this.#store.find(id);
    const run = this.#supervisor.runOf(found.id);
    await this.#stopper.waitForExit(found, signal);
    signal?.throwIfAborted();
    // A container that `--rm` removed has no row any more.
    const exitCode = (await run?.waitForEnd())?.exitCode ?? this.#store.byId(found.id)?.exitCode;
    if (exitCode === undefined) throw new GantryError('not found', `No such container: ${id}`);
    return exitCode;
  }

  kill(id: string, signal: NodeJS.Signals | number): Promise<void> {
    return this.#stopper.kill(id, signal);
  }

  forwardSignal(id: string, signal: NodeJS.Signals): Promise<void> {
    return this.#stopper.forward(id, signal);
  }

  stop(id: string, seconds?: number, options?: StopOptions): Promise<void> {
    return this.#stopper.stop(id, seconds, options);
  }

  async remove(
    id: string,
    { force, volumes, ...caller }: { readonly force: boolean; readonly volumes: boolean } & Caller,
  ): Promise<void> {
    const container = this.#store.find(id);
    const how = { volumes, undoable: true };
    if (force) return this.#removeByForce(container, how);
    if (container.restartAt || isActive(container)) throw stillRunning(container);
    using _lock = await this.#locks.take(container, 'exclusive', 'rm', caller);
    if (!(await this.#register.remove(container, how))) throw stillRunning(container);
  }

  /** Again where another call starts it in between. */
  async #removeByForce(container: StoredContainer, how: { volumes: boolean; undoable: boolean }): Promise<void> {
    for (let now = this.#store.byId(container.id); now; now = this.#store.byId(container.id)) {
      if (isActive(now)) await this.#stopper.forceKill(now);
      else if (await this.#register.remove(now, how)) return;
    }
  }

  rename(id: string, name: string): void {
    this.#register.rename(this.#store.find(id).id, name);
  }

  pause(id: string, caller?: Caller): Promise<void> {
    return this.#pauser.pause(id, caller);
  }

  unpause(id: string, caller?: Caller): Promise<void> {
    return this.#pauser.unpause(id, caller);
  }

  async update(id: string, changes: ContainerUpdate, caller?: Caller): Promise<void> {
    const found = this.#store.find(id);
    const change = (config: ContainerConfig): ContainerConfig => applyUpdate(config, changes);
    using _lock = isActive(found) ? await this.#locks.take(found, 'exclusive', 'update', caller) : undefined;
    const container = this.#store.find(found.id);
    if (container.status === 'running') {
      const limits = changedLimits(changes, change(container.config), probeRuntime().limitsSwap);
      await this.#control.update(container.id, limits);
    }
    this.#store.updateConfig(container.id, change);
    this.#register.writeRecord(container.id);
  }

  pids(id: string): readonly number[] {
    const { id: whole, status, name } = this.#store.find(id);
    if (status !== 'running') throw new GantryError('conflict', `Container ${name} is not running`);
    return pidsOf(whole);
  }

  removed(): readonly Removed[] {
    return this.#removed.list();
  }

  removedImageOf(id: string): string {
    return parseRow(this.#removed.row(id)).config.imageId;
  }

  async undo(id: string): Promise<Container> {
    this.#register.restore(id);
    return this.get(id);
  }

  removedBytes(): Promise<number> {
    return this.#removed.bytes();
  }

  emptyTrash(): Promise<number> {
    return this.#removed.deleteAll();
  }

  upperDir(id: string): string {
    return this.#files.pathsOf(this.#store.find(id).id).upper;
  }

  holdFiles(id: string, options: { readonly pause: boolean } & Caller): Promise<AsyncDisposable> {
    return this.#pauser.holdFiles(id, options);
  }

  async statPath(id: string, path: string, { follow, ...caller }: { readonly follow: boolean } & Caller) {
    using root = await this.#roots.open(id, 'reads', caller);
    return statPath(root.path, path, { follow });
  }

  async getArchive(
    id: string,
    path: string,
    { follow, as, ...caller }: { readonly follow: boolean; readonly as: string } & Caller,
  ): Promise<Readable> {
    const archive = await getArchive(await this.#roots.open(id, 'reads', caller), id, path, { follow, as });
    recordEvent(this.events, this.#store.find(id), 'archive-path');
    return archive;
  }

  async putArchive(id: string, path: string, archive: Readable, caller: Caller = {}): Promise<void> {
    using root = await this.#roots.open(id, 'writes', caller);
    await putArchive(root.path, id, path, archive);
    recordEvent(this.events, this.#store.find(id), 'extract-to-dir');
  }

  stats(id: string): ContainerStats | undefined {
    const { init, config } = this.#store.find(id);
    return init && isAlive(init) ? readStats(init.pid, config.network !== 'host') : undefined;
  }

  async describe(): Promise<RuntimeDescription> {
    return probeRuntime().describe();
  }
}
