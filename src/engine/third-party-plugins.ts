import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Column, Extensions, Filter } from '../kernel/contracts/index.js';
import {
  bringsOfDefinition,
  type PluginHost,
  type PluginInfo,
  type PluginRegistry,
  type RegistrySource,
} from '../kernel/registry/index.js';
import type { ServiceHost } from '../kernel/services/index.js';
import type { Deliveries, EventSource, PluginTables } from '../kernel/third-party/contributions/index.js';
import type { FolderWatch, LoaderHost, PluginLoader } from '../kernel/third-party/loader/index.js';
import { type Config, type Log, VERSION } from '../plugins/system/index.js';

const PROGRAM = fileURLToPath(new URL('./plugin-main.js', import.meta.url));
/** Made by the build. */
const TYPES = fileURLToPath(new URL('../gantry.d.ts', import.meta.url));

interface Loaded {
  readonly loader: PluginLoader;
  readonly host: LoaderHost;
  readonly tables: PluginTables;
}

/** Third-party plugins of this process. Nothing of their machinery is imported where there are none. */
export class ThirdPartyPlugins implements RegistrySource, Extensions, PluginHost {
  #loaded: Promise<Loaded> | undefined;
  #now: Loaded | undefined;
  #watch: FolderWatch | undefined;
  #deliveries: Deliveries | undefined;

  constructor(
    private readonly builtins: PluginRegistry,
    private readonly services: ServiceHost,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  get current(): PluginRegistry {
    return this.#now?.loader.current ?? this.builtins;
  }

  columns(command: string): readonly Column[] {
    return this.#now?.tables.columns(command) ?? [];
  }

  filters(command: string): readonly Filter[] {
    return this.#now?.tables.filters(command) ?? [];
  }

  /** Reads the folders, if there is anything in them. */
  async load(): Promise<void> {
    const { listFolder } = await import('../kernel/third-party/sources/plugin-folders.js');
    const isEmpty = this.config.pluginDirs.every((folder) => {
      const { sources, refused } = listFolder(folder);
      return sources.length === 0 && refused === undefined;
    });
    if (!isEmpty) await this.#load();
  }

  /** Begins the work of a daemon: following changes of the folders, and delivering events to handlers. */
  async follow(events: EventSource): Promise<void> {
    const [{ loader }, { FolderWatch }, { Deliveries }] = await Promise.all([
      this.#load(),
      import('../kernel/third-party/loader/folder-watch.js'),
      import('../kernel/third-party/contributions/event-deliveries.js'),
    ]);
    this.#watch = new FolderWatch(loader);
    this.#deliveries = new Deliveries(loader, events, (message) => this.log.warn(message));
  }

  /** Receives the connections that a plugin's transport accepts. */
  onConnection: (connection: Duplex) => void = (connection) => connection.destroy();

  stop(): void {
    this.#watch?.stop();
    this.#deliveries?.stop();
    this.#now?.loader.stop();
  }

  /**
   * Has the plugin that brings a scheme listen on an address, and whatever version takes its place.
   * @throws GantryError `invalid` where none does
   */
  async listen(scheme: string, address: string): Promise<void> {
    const [{ loader }, { TransportListener }] = await Promise.all([
      this.#load(),
      import('../kernel/third-party/contributions/transport-listener.js'),
    ]);
    await new TransportListener(loader, scheme, address, (message) => this.log.warn(message)).start();
  }

  async list(): Promise<readonly PluginInfo[]> {
    return (await this.#load()).host.list();
  }

  async builtIn(): Promise<readonly PluginInfo[]> {
    return this.builtins.plugins.map((plugin) => ({
      id: plugin.id,
      state: 'built-in',
      source: '',
      summary: '',
      reason: '',
      stack: '',
      brings: bringsOfDefinition(plugin),
      wanted: [],
      approved: [],
      output: '',
    }));
  }

  async get(id: string): Promise<PluginInfo> {
    const builtIn = (await this.builtIn()).find((plugin) => plugin.id === id);
    return builtIn ?? (await this.#load()).host.get(id);
  }

  async add(...args: Parameters<PluginHost['add']>): Promise<PluginInfo> {
    return (await this.#load()).host.add(...args);
  }

  async remove(id: string): Promise<void> {
    return (await this.#load()).host.remove(id);
  }

  async enable(id: string): Promise<void> {
    return (await this.#load()).host.enable(id);
  }

  async disable(id: string): Promise<void> {
    return (await this.#load()).host.disable(id);
  }

  async approve(id: string, replaces: readonly string[]): Promise<PluginInfo> {
    return (await this.#load()).host.approve(id, replaces);
  }

  /** With the services of the plugins that are loaded: none of them is loaded for it. */
  async types(): Promise<string> {
    const { serviceTypes } = await import('../kernel/third-party/types/service-types.js');
    const versions = this.#now?.loader.active.map(({ version }) => version) ?? [];
    const offering = versions.filter(({ manifest }) => manifest.services.length > 0);
    const others = offering.map(({ manifest, source }) => serviceTypes({ entry: source.entry, manifest }, TYPES));
    return [await readFile(TYPES, 'utf8'), ...(await Promise.all(others))].join('\n');
  }

  #load(): Promise<Loaded> {
    this.#loaded ??= this.#start();
    return this.#loaded;
  }

  async #start(): Promise<Loaded> {
    const [{ PluginLoader }, { LoaderHost }, { PluginTables }] = await Promise.all([
      import('../kernel/third-party/loader/plugin-loader.js'),
      import('../kernel/third-party/loader/loader-host.js'),
      import('../kernel/third-party/contributions/plugin-tables.js'),
    ]);
    const log = (message: string): void => this.log.warn(message);
    const loader = new PluginLoader(this.builtins, this.services, {
      folders: this.config.pluginDirs,
      state: `${this.config.root}/plugins`,
      program: PROGRAM,
      types: TYPES,
      engineVersion: VERSION,
      retries: this.config.daemon,
      log,
      accept: (connection) => this.onConnection(connection),
    });
    this.#now = { loader, host: new LoaderHost(loader), tables: new PluginTables(loader, log) };
    await loader.scan();
    await loader.settled();
    return this.#now;
  }
}
