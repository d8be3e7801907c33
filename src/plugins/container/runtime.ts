import type { Readable } from 'node:stream';
import { GantryError } from '../../kernel/index.js';
import type { Service } from '../../kernel/plugin.js';
import { Graph } from '../image/index.js';
import { NetworkManager, Networks } from '../network/index.js';
import { Config, Database, Events, isAlive, Log, type ProcessIdentity, type Removed } from '../system/index.js';
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
import { aborted, send, stopSignalOf } from './ending.js';
import { execute } from './exec.js';
import { filesOf } from './files-of.js';
import { DEFAULT_GRACE_SECONDS } from './grace.js';
import { giveLog } from './log-request.js';
import { RuntimeControl } from './oci-control.js';
import { probeRuntime } from './oci-runtime.js';
import { processesOf } from './processes.js';
import {
  cannotAttachTo,
  cannotExecIn,
  keepsNoLog,
  notRunning,
  pauseRefusal,
  stillRuns,
  unpauseRefusal,
} from './refusals.js';
import { ContainerRegister } from './register.js';
import { RemovedContainers } from './removed-containers.js';
import { signalNumber } from './signal.js';
import { ContainerStore } from './store.js';
import { fromRow, type StoredContainer, withPid } from './stored-container.js';
import { Supervisor } from './supervisor.js';
import { limitChanges, updated } from './update.js';
import { usageOf } from './usage.js';

const SIGKILL = 9;
const WATCH_INTERVAL_MS = 50;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Containers on an OCI runtime. */
export class OciContainers implements Runtime, Service {
  readonly #store: ContainerStore;
  readonly #files: ContainerFiles;
  readonly #removed: RemovedContainers;
  readonly #register: ContainerRegister;
  readonly #control: RuntimeControl;
  readonly #supervisor: Supervisor;

  constructor(
    @Config private readonly config: Config,
    @Database database: Database,
    @Log log: Log,
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
        endUnhealthy: (id) => this.#endRun(id),
      },
    );
  }

  async onStart(): Promise<void> {
    this.#store.migrate();
    await this.#supervisor.reconcile();
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
    const isLive = (): boolean => this.#isLive(container.id);
    const output = this.#supervisor.runOf(container.id)?.output;
    await giveLog({ log: this.#files.of(container.id).log, output, isLive }, sink, options);
  }

  async wait(id: string, signal?: AbortSignal): Promise<number> {
    const found = this.#store.find(id);
    const run = this.#supervisor.runOf(found.id);
    await this.#ended(found.id, signal);
    // What `--rm` removed is in the database no more.
    const exitCode = run && !signal?.aborted ? (await run.settled).exitCode : this.#store.byId(found.id)?.exitCode;
    if (exitCode === undefined) throw new GantryError('not found', `No such container: ${id}`);
    return exitCode;
  }

  async kill(id: string, signal: NodeJS.Signals | number): Promise<void> {
    const container = this.#store.find(id);
    if (!container.init || !isAlive(container.init)) throw notRunning(id, container);
    const number = signalNumber(signal);
    if (number === SIGKILL || number === signalNumber(stopSignalOf(container))) this.#store.setStopped(container.id);
    this.#signal(container, container.init, signal);
    if (number === SIGKILL) await this.#thaw(container);
  }

  async stop(id: string, seconds?: number): Promise<void> {
    const container = this.#store.find(id);
    this.#store.setStopped(container.id);
    if (await this.#endRun(container.id, seconds)) note(this.events, container, 'stop');
  }

  /** False where nothing runs. */
  async #endRun(id: string, given?: number): Promise<boolean> {
    const init = await this.#begun(id);
    const container = this.#store.byId(id);
    if (!init || !container) return false;
    const seconds = given ?? container.config.stopTimeout ?? DEFAULT_GRACE_SECONDS;
    this.#signal(container, init, stopSignalOf(container));
    await this.#thaw(container);
    const patience = seconds < 0 ? undefined : AbortSignal.timeout(Math.min(seconds * 1000, LONGEST_TIMER_MS));
    await this.#ended(container.id, patience);
    if (isAlive(init)) this.#signal(container, init, 'SIGKILL');
    await this.#ended(container.id);
    return true;
  }

  async remove(id: string, { force, volumes }: { readonly force: boolean; readonly volumes: boolean }): Promise<void> {
    const container = this.#store.find(id);
    if (!force && container.restartAt) throw stillRuns(container);
    if (container.status === 'running' || container.status === 'starting') {
      if (!force) throw stillRuns(container);
      this.#store.setStopped(container.id);
      const init = await this.#begun(container.id);
      if (init && isAlive(init)) this.#signal(container, init, 'SIGKILL');
      await this.#thaw(container);
      await this.#ended(container.id);
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

  /** The first process of a container that runs, once its start is over; undefined where it does not run. */
  async #begun(id: string): Promise<ProcessIdentity | undefined> {
    while (this.#store.byId(id)?.status === 'starting') await this.#watchForeignRun();
    return this.#store.byId(id)?.init;
  }

  /** What is frozen ends by no signal. */
  async #thaw({ id, paused }: StoredContainer): Promise<void> {
    if (paused) await this.#control.resume(id).catch(() => {});
  }

  #signal(container: StoredContainer, init: ProcessIdentity, signal: NodeJS.Signals | number): void {
    send(init, signal);
    note(this.events, container, 'kill', { signal: String(signalNumber(signal)) });
  }

  /** Resolves when the run of now has ended, or when the signal aborts. */
  async #ended(id: string, signal?: AbortSignal): Promise<void> {
    while (!signal?.aborted) {
      const run = this.#supervisor.runOf(id);
      if (run) return void (await Promise.race([run.settled, aborted(signal)]));
      if (this.#isLive(id)) await this.#watchForeignRun();
      else return;
    }
  }

  #isLive(id: string): boolean {
    const status = this.#store.byId(id)?.status;
    return status === 'running' || status === 'starting';
  }

  /** Waits a moment for what another process, or this one at another place, is doing; does it for one that died. */
  async #watchForeignRun(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, WATCH_INTERVAL_MS));
    await this.#supervisor.settleOrphans();
  }
}
