import { hostname } from 'node:os';
import { GantryError } from '../../kernel/index.js';
import type { Service } from '../../kernel/plugin.js';
import { Graph } from '../image/index.js';
import { NetworkManager, Networks } from '../network/index.js';
import { Config, Database, Events, isAlive, Log, type ProcessIdentity } from '../system/index.js';
import { Volumes } from '../volume/index.js';
import { note } from './container-events.js';
import { ContainerFiles } from './container-files.js';
import type {
  Attachment,
  Container,
  ContainerConfig,
  MountRequest,
  OutputSink,
  Runtime,
  RuntimeDescription,
  StartOptions,
} from './contracts.js';
import { checkName, newContainerId, randomName, shortId } from './identity.js';
import { readLog } from './log-file.js';
import { hasNetwork, sharedWith, sharing } from './network-mode.js';
import { probeRuntime } from './oci-runtime.js';
import { notRunning, stillRuns } from './refusals.js';
import { parseSignal, signalNumber } from './signal.js';
import { ContainerStore } from './store.js';
import type { StoredContainer } from './stored-container.js';
import { Supervisor } from './supervisor.js';

const NAME_ATTEMPTS = 50;
const WATCH_INTERVAL_MS = 50;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Containers on an OCI runtime. */
export class OciContainers implements Runtime, Service {
  readonly #store: ContainerStore;
  readonly #files: ContainerFiles;
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
    this.#supervisor = new Supervisor(
      { config, log, store: this.#store, files: this.#files, graph, network: this.network, volumes },
      (container) => this.#discard(container, true),
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

  async logs(
    id: string,
    sink: OutputSink,
    { follow, signal }: { readonly follow: boolean; readonly signal?: AbortSignal },
  ): Promise<void> {
    const container = this.#store.find(id);
    const run = this.#supervisor.runOf(container.id);
    if (!follow || !run) {
      const grows = (): boolean => follow && this.#isLive(container.id);
      return readLog(this.#files.of(container.id).log, sink, { grows, signal });
    }
    const follower = run.output.follow(sink, { fromStart: true });
    void aborted(signal).then(() => follower.stop());
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
    this.#signal(container, container.init, signal);
  }

  async stop(id: string, seconds: number): Promise<void> {
    const container = this.#store.find(id);
    const init = await this.#begun(container.id);
    if (!init) return;
    this.#signal(container, init, stopSignalOf(container));
    const patience = seconds < 0 ? undefined : AbortSignal.timeout(Math.min(seconds * 1000, LONGEST_TIMER_MS));
    await this.#ended(container.id, patience);
    if (isAlive(init)) this.#signal(container, init, 'SIGKILL');
    await this.#ended(container.id);
    note(this.events, container, 'stop');
  }

  async remove(id: string, { force, volumes }: { readonly force: boolean; readonly volumes: boolean }): Promise<void> {
    const container = this.#store.find(id);
    if (container.status === 'running' || container.status === 'starting') {
      if (!force) throw stillRuns(container);
      const init = await this.#begun(container.id);
      if (init && isAlive(init)) this.#signal(container, init, 'SIGKILL');
      await this.#ended(container.id);
    }
    if (this.#store.byId(container.id)) await this.#discard(container, volumes);
  }

  upperOf(id: string): string {
    return this.#files.of(this.#store.find(id).id).upper;
  }

  async describe(): Promise<RuntimeDescription> {
    return probeRuntime().describe();
  }

  /** The first process of a container that runs, once its start is over; undefined where it does not run. */
  async #begun(id: string): Promise<ProcessIdentity | undefined> {
    while (this.#store.byId(id)?.status === 'starting') await this.#watchForeignRun();
    return this.#store.byId(id)?.init;
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

  async #discard(container: StoredContainer, volumes: boolean): Promise<void> {
    let unused: readonly string[] = [];
    this.database.transaction(() => {
      if (!this.#store.delete(container.id) && this.#store.byId(container.id)) throw stillRuns(container);
      this.graph.release(container.id);
      this.network.forget(container.id);
      unused = this.volumes.release(container.id);
    });
    if (volumes) for (const name of unused) await this.volumes.remove(name);
    const removed = this.#files.discard(container.id);
    if (!this.config.daemon) await removed;
  }
}

/** What an image says may be anything; what is no signal is none. */
function stopSignalOf({ config }: StoredContainer): NodeJS.Signals | number {
  try {
    return parseSignal(config.process.StopSignal || 'TERM');
  } catch {
    return 'SIGTERM';
  }
}

function withPid({ monitor, owner, init, ...container }: StoredContainer): Container {
  return { ...container, pid: container.status === 'running' ? (init?.pid ?? 0) : 0 };
}

function send(target: ProcessIdentity, signal: NodeJS.Signals | number): void {
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
