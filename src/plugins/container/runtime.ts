import type { Readable } from 'node:stream';
import type { Service } from '../../kernel/contracts/index.js';
import { GantryError } from '../../kernel/index.js';
import { Graph } from '../image/index.js';
import { NetworkManager, Networks } from '../network/index.js';
import { Config, Database, Events, isAlive, Log, type Removed } from '../system/index.js';
import { Volumes } from '../volume/index.js';
import { archiveOf, type FilesOf, lookAt, unpackAt } from './container-copy.js';
import { note } from './container-events.js';
import { ContainerFiles } from './container-files.js';
import type {
  Attachment,
  Container,
  ContainerConfig,
  ExecRequest,
  Execution,
  LogOptions,
  OutputSink,
  Runtime,
  RuntimeDescription,
  StartOptions,
  Update,
  Usage,
} from './contracts.js';
import { ControlGroups } from './control-groups.js';
import { Endings } from './endings.js';
import { execute } from './exec.js';
import { filesOf } from './files-of.js';
import { giveLog } from './log-request.js';
import { RuntimeControl } from './oci-control.js';
import { probeRuntime } from './oci-runtime.js';
import { processesOf } from './processes.js';
import { cannotAttachTo, cannotExecIn, keepsNoLog, pauseRefusal, stillRuns, unpauseRefusal } from './refusals.js';
import { ContainerRegister } from './register.js';
import { RemovedContainers } from './removed-containers.js';
import { ContainerStore } from './store.js';
import { fromRow, withPid } from './stored-container.js';
import { Supervisor } from './supervisor.js';
import { limitChanges, updated } from './update.js';
import { usageOf } from './usage.js';

/** Containers on an OCI runtime. */
export class OciContainers implements Runtime, Service {
  readonly #store: ContainerStore;
  readonly #files: ContainerFiles;
  readonly #removed: RemovedContainers;
  readonly #register: ContainerRegister;
  readonly #control: RuntimeControl;
  readonly #supervisor: Supervisor;
  readonly #endings: Endings;

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
    this.#files = new ContainerFiles(config);
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
        removeEnded: (container) => this.#register.discard(container, { volumes: true, undoable: false }),
        adopt: (id) => this.#register.adopt(id),
        endUnhealthy: (id) => this.#endings.endRun(id),
      },
    );
    this.#endings = new Endings(this.#store, events, this.#control, this.#supervisor);
  }

  async onStart(): Promise<void> {
    this.#store.migrate();
    await this.#supervisor.reconcile();
    if (this.config.daemon)
      this.#register.noteMissing((id, error) => this.log.warn(`container ${id}: ${String(error)}`));
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
    return withPid(this.#store.find(reference));
  }

  list(): readonly Container[] {
    return this.#store.list().map(withPid);
  }

  async start(id: string, options: StartOptions = {}): Promise<Attachment> {
    return this.#supervisor.launch(this.#store.find(id), options);
  }

  attach(id: string, sink: OutputSink): Attachment {
    const container = this.#store.find(id);
    const run = this.#supervisor.runOf(container.id);
    if (!run) throw cannotAttachTo(id, container);
    note(this.events, container, 'attach');
    return run.attach(sink);
  }

  async exec(id: string, request: ExecRequest): Promise<Execution> {
    const container = this.#store.find(id);
    const { init } = container;
    if (container.status === 'exited' || !init || !isAlive(init)) throw cannotExecIn(container, 'stopped');
    // A runtime that joins a frozen container waits until that goes on.
    if (new ControlGroups(init.pid).isFrozen) throw cannotExecIn(container, 'paused');
    const bundle = this.#files.bundleOf(container.id);
    return execute(this.config, { id: container.id, config: container.config, init, bundle }, request);
  }

  async logs(id: string, sink: OutputSink, options: LogOptions): Promise<void> {
    const container = this.#store.find(id);
    if (container.config.log?.driver === 'none') throw keepsNoLog();
    const isLive = (): boolean => this.#endings.isLive(container.id);
    const output = this.#supervisor.runOf(container.id)?.output;
    await giveLog({ log: this.#files.of(container.id).log, output, isLive }, sink, options);
  }

  async wait(id: string, signal?: AbortSignal): Promise<number> {
    const found = this.#store.find(id);
    const run = this.#supervisor.runOf(found.id);
    await this.#endings.ended(found.id, signal);
    // What `--rm` removed is in the database no more.
    const exitCode = run && !signal?.aborted ? (await run.settled).exitCode : this.#store.byId(found.id)?.exitCode;
    if (exitCode === undefined) throw new GantryError('not found', `No such container: ${id}`);
    return exitCode;
  }

  kill(id: string, signal: NodeJS.Signals | number): Promise<void> {
    return this.#endings.kill(id, signal);
  }

  stop(id: string, seconds?: number): Promise<void> {
    return this.#endings.stop(id, seconds);
  }

  async remove(id: string, { force, volumes }: { readonly force: boolean; readonly volumes: boolean }): Promise<void> {
    const container = this.#store.find(id);
    if (!force && container.restartAt) throw stillRuns(container);
    if (container.status === 'running' || container.status === 'starting') {
      if (!force) throw stillRuns(container);
      await this.#endings.force(container);
    }
    if (this.#store.byId(container.id)) {
      await this.#register.discard(container, { volumes, undoable: true });
    }
  }

  rename(id: string, name: string): void {
    this.#register.rename(this.#store.find(id), name);
  }

  async pause(id: string, { passing }: { readonly passing?: boolean } = {}): Promise<void> {
    const container = this.#store.find(id);
    const refusal = pauseRefusal(this.get(id));
    if (refusal) throw refusal;
    if (passing) this.#store.setPassingPause(container.id);
    await this.#control.pause(container.id);
    this.#store.setPaused(container, true);
  }

  async unpause(id: string): Promise<void> {
    const container = this.#store.find(id);
    const refusal = unpauseRefusal(this.get(id));
    if (refusal) throw refusal;
    await this.#control.resume(container.id);
    this.#store.setPaused(container, false);
  }

  async update(id: string, changes: Update): Promise<void> {
    const container = this.#store.find(id);
    const config = updated(container.config, changes);
    if (container.status === 'running') {
      await this.#control.update(container.id, limitChanges(changes, config, probeRuntime().limitsSwap));
    }
    this.#store.updateConfig(container, config);
    this.#register.note(container.id);
  }

  processes(id: string): readonly number[] {
    const { id: whole, status, name } = this.#store.find(id);
    if (status !== 'running') throw new GantryError('conflict', `Container ${name} is not running`);
    return processesOf(whole);
  }

  removed(): readonly Removed[] {
    return this.#removed.list();
  }

  removedImageOf(id: string): string {
    return fromRow(this.#removed.row(id)).config.imageId;
  }

  async undo(id: string): Promise<Container> {
    this.#register.putBack(id);
    return this.get(id);
  }

  emptyTrash(): Promise<number> {
    return this.#removed.empty();
  }

  upperOf(id: string): string {
    return this.#files.of(this.#store.find(id).id).upper;
  }

  async look(id: string, path: string, options: { readonly follow: boolean }) {
    return lookAt(this.#filesOf(id), path, options);
  }

  async archive(
    id: string,
    path: string,
    options: { readonly follow: boolean; readonly as: string },
  ): Promise<Readable> {
    return archiveOf(this.#filesOf(id), id, path, options);
  }

  async unpack(id: string, path: string, archive: Readable): Promise<void> {
    await unpackAt(this.#filesOf(id), id, path, archive);
  }

  #filesOf(id: string): FilesOf {
    return filesOf(this.#store.find(id), { files: this.#files, graph: this.graph, volumes: this.volumes });
  }

  usage(id: string): Usage | undefined {
    const { init, config } = this.#store.find(id);
    return init && isAlive(init) ? usageOf(init.pid, config.network !== 'host') : undefined;
  }

  async describe(): Promise<RuntimeDescription> {
    return probeRuntime().describe();
  }
}
