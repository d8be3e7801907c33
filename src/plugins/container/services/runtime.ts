import type { Readable } from 'node:stream';
import { isAlive } from '../../../host/index.js';
import { GantryError, type Service } from '../../../kernel/index.js';
import { Graph } from '../../image/index.js';
import { NetworkManager, Networks } from '../../network/index.js';
import { Config, Database, Events, Log, type Removed } from '../../system/index.js';
import { Volumes } from '../../volume/index.js';
import { applyUpdate } from '../config/index.js';
import {
  type Attachment,
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
} from '../contracts/index.js';
import { type ContainerRoot, containerRootOf, getArchive, putArchive, statPath } from '../copy/index.js';
import { startExec } from '../exec/index.js';
import { ControlGroups, pidsOf, readStats } from '../host/index.js';
import { streamLog } from '../logs/index.js';
import { changedLimits, probeRuntime, RuntimeControl } from '../oci/index.js';
import {
  ContainerFolders,
  ContainerRegister,
  ContainerStore,
  cannotAttach,
  cannotExec,
  logNotReadable,
  parseRow,
  pauseError,
  RemovedContainers,
  recordEvent,
  stillRunning,
  toContainer,
  unpauseError,
} from '../records/index.js';
import { ContainerStopper, Supervisor } from '../runs/index.js';

/** Containers on an OCI runtime. */
export class OciContainers implements Runtime, Service {
  readonly #store: ContainerStore;
  readonly #files: ContainerFolders;
  readonly #removed: RemovedContainers;
  readonly #register: ContainerRegister;
  readonly #control: RuntimeControl;
  readonly #supervisor: Supervisor;
  readonly #stopper: ContainerStopper;

  constructor(
    @Config private readonly config: Config,
    @Database database: Database,
    @Log private readonly log: Log,
    @Graph private readonly graph: Graph,
    @NetworkManager network: NetworkManager,
    @Networks networks: Networks,
    @Volumes private readonly volumes: Volumes,
    @Events private readonly events: Events,
  ) {
    this.#store = new ContainerStore(database, events);
    this.#files = new ContainerFolders(config);
    this.#removed = new RemovedContainers(database, this.#files);
    this.#register = new ContainerRegister({
      ...{ config, database, graph, network, networks, volumes },
      ...{ store: this.#store, files: this.#files, removed: this.#removed },
    });
    this.#control = new RuntimeControl(config);
    this.#supervisor = new Supervisor(
      {
        ...{ config, log, graph, network, volumes, control: this.#control },
        ...{ store: this.#store, files: this.#files, removed: this.#removed },
      },
      {
        removeEnded: (container) => this.#register.remove(container, { volumes: true, undoable: false }),
        recover: (id) => this.#register.recoverFromRecord(id),
        stopUnhealthy: (id) => this.#stopper.stopRun(id),
      },
    );
    this.#stopper = new ContainerStopper(this.#store, events, this.#control, this.#supervisor);
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
    return this.get(this.#register.create(config, name));
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
    if (!run) throw cannotAttach(id, container);
    recordEvent(this.events, container, 'attach');
    return run.attach(sink);
  }

  async exec(id: string, request: ExecRequest): Promise<ExecSession> {
    const container = this.#store.find(id);
    const { init } = container;
    if (container.status === 'exited' || !init || !isAlive(init)) throw cannotExec(container, 'stopped');
    // A runtime that joins a frozen container would wait until that is resumed.
    if (new ControlGroups(init.pid).isFrozen) throw cannotExec(container, 'paused');
    const bundle = this.#files.bundleOf(container.id);
    return startExec(this.config, { id: container.id, config: container.config, init, bundle }, request);
  }

  async logs(id: string, sink: OutputSink, options: LogOptions): Promise<void> {
    const container = this.#store.find(id);
    if (container.config.log?.driver === 'none') throw logNotReadable();
    const isActive = (): boolean => this.#stopper.isActive(container.id);
    const output = this.#supervisor.runOf(container.id)?.output;
    await streamLog({ log: this.#files.pathsOf(container.id).log, output, isActive }, sink, options);
  }

  async wait(id: string, signal?: AbortSignal): Promise<number> {
    const found = this.#store.find(id);
    const run = this.#supervisor.runOf(found.id);
    await this.#stopper.waitForExit(found.id, signal);
    // A container that `--rm` removed has no row any more.
    const exitCode = run && !signal?.aborted ? (await run.ended).exitCode : this.#store.byId(found.id)?.exitCode;
    if (exitCode === undefined) throw new GantryError('not found', `No such container: ${id}`);
    return exitCode;
  }

  kill(id: string, signal: NodeJS.Signals | number): Promise<void> {
    return this.#stopper.kill(id, signal);
  }

  stop(id: string, seconds?: number): Promise<void> {
    return this.#stopper.stop(id, seconds);
  }

  async remove(id: string, { force, volumes }: { readonly force: boolean; readonly volumes: boolean }): Promise<void> {
    const container = this.#store.find(id);
    if (!force && container.restartAt) throw stillRunning(container);
    if (isActive(container)) {
      if (!force) throw stillRunning(container);
      await this.#stopper.forceKill(container);
    }
    if (this.#store.byId(container.id)) {
      await this.#register.remove(container, { volumes, undoable: true });
    }
  }

  rename(id: string, name: string): void {
    this.#register.rename(this.#store.find(id), name);
  }

  async pause(id: string, { transient }: { readonly transient?: boolean } = {}): Promise<void> {
    const container = this.#store.find(id);
    const refusal = pauseError(this.get(id));
    if (refusal) throw refusal;
    if (transient) this.#store.setTransientPause(container.id);
    await this.#control.pause(container.id);
    this.#store.setPaused(container, true);
  }

  async unpause(id: string): Promise<void> {
    const container = this.#store.find(id);
    const refusal = unpauseError(this.get(id));
    if (refusal) throw refusal;
    await this.#control.resume(container.id);
    this.#store.setPaused(container, false);
  }

  async update(id: string, changes: ContainerUpdate): Promise<void> {
    const container = this.#store.find(id);
    const config = applyUpdate(container.config, changes);
    if (container.status === 'running') {
      await this.#control.update(container.id, changedLimits(changes, config, probeRuntime().limitsSwap));
    }
    this.#store.updateConfig(container, config);
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

  emptyTrash(): Promise<number> {
    return this.#removed.deleteAll();
  }

  upperDir(id: string): string {
    return this.#files.pathsOf(this.#store.find(id).id).upper;
  }

  async statPath(id: string, path: string, options: { readonly follow: boolean }) {
    return statPath(this.#rootOf(id), path, options);
  }

  async getArchive(
    id: string,
    path: string,
    options: { readonly follow: boolean; readonly as: string },
  ): Promise<Readable> {
    return getArchive(this.#rootOf(id), id, path, options);
  }

  async putArchive(id: string, path: string, archive: Readable): Promise<void> {
    await putArchive(this.#rootOf(id), id, path, archive);
  }

  #rootOf(id: string): ContainerRoot {
    return containerRootOf(this.#store.find(id), { files: this.#files, graph: this.graph, volumes: this.volumes });
  }

  stats(id: string): ContainerStats | undefined {
    const { init, config } = this.#store.find(id);
    return init && isAlive(init) ? readStats(init.pid, config.network !== 'host') : undefined;
  }

  async describe(): Promise<RuntimeDescription> {
    return probeRuntime().describe();
  }
}
