import { hostname } from 'node:os';
import type { Readable } from 'node:stream';
import { GantryError } from '../../kernel/index.js';
import type { Service } from '../../kernel/plugin.js';
import { Graph } from '../image/index.js';
import { NetworkManager, Networks } from '../network/index.js';
import { Config, Database, Events, isAlive, Log, type ProcessIdentity, type Removed } from '../system/index.js';
import { Volumes } from '../volume/index.js';
import { archiveOf, type FilesOf, unpackAt } from './container-copy.js';
import { note } from './container-events.js';
import { ContainerFiles } from './container-files.js';
import type {
  Attachment,
  Container,
  ContainerConfig,
  ExecRequest,
  Execution,
  LogOptions,
  MountRequest,
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
import { DEFAULT_GRACE_SECONDS } from './grace.js';
import { checkName, newContainerId, randomName, shortId } from './identity.js';
import { LogPeriod } from './log-period.js';
import { placeOfTail } from './log-place.js';
import { LOG_START, readLog } from './log-reader.js';
import { hasNetwork, sharedWith, sharing } from './network-mode.js';
import { RuntimeControl } from './oci-control.js';
import { probeRuntime } from './oci-runtime.js';
import { processesOf } from './processes.js';
import { cannotExecIn, keepsNoLog, notRunning, pauseRefusal, stillRuns, unpauseRefusal } from './refusals.js';
import { RemovedContainers } from './removed-containers.js';
import { signalNumber } from './signal.js';
import { ContainerStore } from './store.js';
import { fromRow, type StoredContainer } from './stored-container.js';
import { Supervisor } from './supervisor.js';
import { limitChanges, updated } from './update.js';
import { usageOf } from './usage.js';

const NAME_ATTEMPTS = 50;
const SIGKILL = 9;
const WATCH_INTERVAL_MS = 50;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Containers on an OCI runtime. */
export class OciContainers implements Runtime, Service {
  readonly #store: ContainerStore;
  readonly #files: ContainerFiles;
  readonly #removed: RemovedContainers;
  readonly #control: RuntimeControl;
  readonly #supervisor: Supervisor;

  constructor(
    @Config private readonly config: Config,
    @Database private readonly database: Database,
    @Log log: Log,
    @Graph private readonly graph: Graph,
    @NetworkManager private readonly network: NetworkManager,
    @Networks private readonly networks: Networks,
    @Volumes private readonly volumes: Volumes,
    @Events private readonly events: Events,
  ) {
    this.#store = new ContainerStore(database, events);
    this.#files = new ContainerFiles(config);
    this.#removed = new RemovedContainers(database, this.#files);
    this.#control = new RuntimeControl(config);
    this.#supervisor = new Supervisor(
      {
        ...{ config, log, graph, network: this.network, volumes, control: this.#control },
        ...{ store: this.#store, files: this.#files, removed: this.#removed },
      },
      {
        removeEnded: (container) => this.#discard(container, { volumes: true, undoable: false }),
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
    const lender = sharedWith(mode);
    if (lender !== undefined) this.#store.find(lender);
    if (hasNetwork(mode)) this.networks.get(mode);
  }

  async create(config: ContainerConfig, name?: string): Promise<Container> {
    const id = newContainerId();
    this.database.transaction(() => {
      const given = name === undefined ? this.#freeName() : checkName(name);
      this.#store.refuseTaken(given);
      const mounts = config.mounts.map((mount) => this.#holdVolume(id, mount));
      const network = this.#networkOf(config.network);
      this.#store.insert(id, given, {
        ...config,
        network,
        hostname: this.#hostnameOf(id, { ...config, network }),
        mounts,
      });
      if (hasNetwork(network)) this.#holdPlace(id, given, config);
      this.graph.hold(config.imageId, id);
    });
    this.#files.make(id);
    return this.get(id);
  }

  /** A container that lends its network is told apart by its id. */
  #networkOf(mode: string): string {
    const lender = sharedWith(mode);
    return lender === undefined ? mode : sharing(this.#store.find(lender).id);
  }

  #hostnameOf(id: string, { hostname: asked, network }: ContainerConfig): string {
    const lender = sharedWith(network);
    if (lender !== undefined) return this.#store.find(lender).config.hostname;
    return asked || (network === 'host' ? hostname() : shortId(id));
  }

  #holdPlace(id: string, name: string, { network, networkWishes }: ContainerConfig): void {
    const { aliases = [], links = [], ...wishes } = networkWishes ?? {};
    const endpoint = {
      ...wishes,
      network,
      names: [name, shortId(id), ...aliases],
      links: links.map(({ container, alias }) => ({ target: this.#store.find(container).id, alias })),
    };
    this.network.hold({ id, hosts: this.#files.of(id).hosts }, [endpoint]);
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
    if (!run) {
      if (container.status === 'running') {
        throw new GantryError(
          'conflict',
          `Container ${id} is attached to process ${container.owner?.pid}, not to the daemon`,
        );
      }
      throw new GantryError('conflict', `You cannot attach to a stopped container, start it first`);
    }
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
    const { log } = this.#files.of(container.id);
    const { follow, tail } = options;
    const from = tail === undefined ? LOG_START : placeOfTail(log, tail);
    using period = new LogPeriod(sink, options);
    const run = this.#supervisor.runOf(container.id);
    if (!follow || !run) {
      const grows = (): boolean => follow && this.#isLive(container.id);
      return readLog(log, period.sink, { from, grows, signal: period.over });
    }
    const follower = run.output.follow(period.sink, { from });
    void aborted(period.over).then(() => follower.stop());
    await follower.done;
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
      await this.#discard(container, { volumes, undoable: true });
    }
  }

  rename(id: string, name: string): void {
    const container = this.#store.find(id);
    const next = checkName(name.replace(/^\//, ''));
    this.database.transaction(() => {
      this.#store.rename(container, next);
      this.network.rename(container.id, container.name, next);
    });
  }

  async pause(id: string): Promise<void> {
    const container = this.#store.find(id);
    const refusal = pauseRefusal(this.get(id));
    if (refusal) throw refusal;
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
    this.database.transaction(() => {
      const row = this.#removed.row(id);
      const { imageId, mounts } = fromRow(row).config;
      const places = this.#removed.placesOf(id);
      this.#store.putBack(row);
      this.graph.hold(imageId, id);
      if (places) this.network.hold({ id, hosts: this.#files.of(id).hosts }, places);
      for (const mount of mounts) this.#holdVolume(id, mount);
      this.#removed.restored(id);
    });
    return this.get(id);
  }

  emptyTrash(): Promise<number> {
    return this.#removed.empty();
  }

  upperOf(id: string): string {
    return this.#files.of(this.#store.find(id).id).upper;
  }

  async archive(id: string, path: string, options: { readonly follow: boolean }): Promise<Readable> {
    return archiveOf(this.#placeOf(id), id, path, options);
  }

  async unpack(id: string, path: string, archive: Readable): Promise<void> {
    await unpackAt(this.#placeOf(id), id, path, archive);
  }

  #placeOf(id: string): FilesOf {
    const { init, ...container } = this.#store.find(id);
    if (init && isAlive(init)) return { running: init.pid };
    const { upper, work } = this.#files.make(container.id);
    const volumes = container.config.mounts.map(({ type, source, target }) => ({
      source: type === 'volume' ? this.volumes.ensure(source).path : source,
      destination: target,
    }));
    return {
      rootfs: this.#files.bundleOf(container.id).rootfs,
      filesystem: this.graph.rootFilesystem(container.config.imageId, upper, work),
      volumes,
    };
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

  #holdVolume(holder: string, mount: MountRequest): MountRequest {
    if (mount.type !== 'volume') return mount;
    const volume = this.volumes.ensure(mount.source);
    this.volumes.hold(volume.name, holder);
    return { ...mount, source: volume.name };
  }

  #freeName(): string {
    for (let attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
      const name = randomName(attempt);
      if (!this.#store.hasName(name)) return name;
    }
    throw new GantryError('unavailable', 'No free name found for the container', { hint: 'Give it one with --name' });
  }

  async #discard(
    container: StoredContainer,
    { volumes, undoable }: { readonly volumes: boolean; readonly undoable: boolean },
  ): Promise<void> {
    let unused: readonly string[] = [];
    this.database.transaction(() => {
      const row = this.#store.take(container.id);
      if (!row && this.#store.byId(container.id)) throw stillRuns(container);
      const places = this.network.forget(container.id);
      if (row && undoable) this.#removed.add(row, places);
      this.graph.release(container.id);
      unused = this.volumes.release(container.id);
    });
    if (volumes) for (const name of unused) await this.volumes.remove(name);
    if (undoable) this.#files.bury(container.id);
    const freed = undoable ? this.#removed.trim() : this.#files.discard(container.id);
    // What stays is swept by the next daemon.
    freed.catch(() => undefined);
    if (!this.config.daemon) await freed;
  }
}

function withPid({ monitor, owner, init, stopped, restartDelay, ...container }: StoredContainer): Container {
  return { ...container, pid: container.status === 'running' ? (init?.pid ?? 0) : 0 };
}
