import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PluginRegistry } from '../../registry/index.js';
import type { ServiceHost } from '../../services/index.js';
import { type PluginVersion, ServiceRouter } from '../process/index.js';
import { fingerprintsOf, PluginFolders } from '../sources/index.js';
import { MemberCheck } from '../types/index.js';
import { builtInsOf, SURFACE } from './built-ins.js';
import { ManifestCache } from './manifest-cache.js';
import { PluginAdmitter } from './plugin-admitter.js';
import { PluginRecords } from './plugin-records.js';
import { type ActiveSlot, PluginSet } from './plugin-set.js';
import type { PluginSlot } from './plugin-slot.js';
import { problemOf } from './problem.js';
import { SerialQueue } from './serial-queue.js';
import { knownVersion, VersionBuilder } from './version-builder.js';
import { versionHost } from './version-host.js';

interface LoaderOptions {
  readonly folders: readonly string[];
  /** Where records and the cache are kept: `<root>/plugins`. */
  readonly state: string;
  /** The program of plugins' processes. */
  readonly program: string;
  /** Of the engine: what is cached for another is not believed. */
  readonly engineVersion: string;
  /** The file that declares what `gantry` exports. */
  readonly types: string;
  /** Tries once more what failed in an earlier process. */
  readonly retries: boolean;
  readonly log: (message: string) => void;
  /** A transport of a plugin took a connection. */
  readonly accept: (connection: Duplex) => void;
}

/** A plugin that takes longer than this to load is waited for beside the others. */
const SLOW_MS = 400;

/**
 * Third-party plugins, from their files to the registry. Each change of the folders makes a new registry, which takes
 * the place of the old one at once; calls under way go on in the old code.
 */
export class PluginLoader {
  readonly records: PluginRecords;
  readonly folders: PluginFolders;
  readonly admitter: PluginAdmitter;
  readonly #set: PluginSet;
  #cache: ManifestCache | undefined;
  #builder: VersionBuilder | undefined;
  /** Plugins that are still being loaded. */
  readonly #loading = new Map<string, Promise<void>>();
  /** Sources that are to be read again, whatever problem is cached for them. */
  readonly #retry = new Set<string>();
  readonly #scans = new SerialQueue();
  readonly #listeners: (() => void)[] = [];

  constructor(
    private readonly builtIn: PluginRegistry,
    private readonly host: ServiceHost,
    private readonly options: LoaderOptions,
  ) {
    this.#set = new PluginSet(builtIn);
    this.records = new PluginRecords(join(options.state, 'records.json'));
    this.folders = new PluginFolders(options.folders);
    this.admitter = new PluginAdmitter(this.#set, this.records, builtIn);
  }

  /** The commands as they are now. */
  get current(): PluginRegistry {
    return this.admitter.current;
  }

  get slots(): ReadonlyMap<string, PluginSlot> {
    return this.#set.slots;
  }

  get active(): readonly ActiveSlot[] {
    return this.#set.active;
  }

  /** Called after each change of what is loaded. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Reads the folders, and loads, replaces and removes plugins accordingly. One scan at a time. A plugin that takes long
   * delays no other: `settled` waits for it.
   */
  scan(): Promise<void> {
    return this.#scans.run(() => this.#scan());
  }

  /** Resolves when plugins that take long to load are there, or have failed: one of them, or all. */
  async settled(source?: string): Promise<void> {
    await (source === undefined ? Promise.all(this.#loading.values()) : this.#loading.get(source));
  }

  /** Ends all processes. */
  stop(): void {
    for (const slot of this.slots.values()) slot.version?.retire();
  }

  /** Reads a source again, whatever its stamps say: the operator has decided something. */
  async refresh(source: string): Promise<void> {
    const slot = this.slots.get(source);
    if (slot) slot.stamps = '';
    slot?.resetFailures();
    this.#retry.add(source);
    await this.scan();
    await this.settled(source);
  }

  async #scan(): Promise<void> {
    const sources = this.folders.sources([...this.slots.keys()]);
    if (sources.length === 0 && this.slots.size === 0) return;
    const builder = await this.#prepare();
    const gone = [...this.slots.keys()].filter((source) => !sources.includes(source));
    for (const source of gone) this.admitter.remove(source);
    const changed = sources.filter((source) => this.#hasChanged(source));
    if (gone.length + changed.length === 0) return;
    // Plugins of an earlier process come first: a new one takes nothing away from them, whatever its name.
    for (const source of changed) await this.#restore(source, builder);
    for (const source of changed) await this.#renewUnlessSlow(this.#set.slot(source), builder);
    this.#cache?.keep(sources);
    await this.#changed(builder);
  }

  async #changed(builder: VersionBuilder): Promise<void> {
    await this.#retryBlocked(builder);
    for (const listener of this.#listeners) listener();
  }

  async #renewUnlessSlow(slot: PluginSlot, builder: VersionBuilder): Promise<void> {
    const renewal = this.#renew(slot, builder);
    const isDone = await Promise.race([renewal.then(() => true), sleep(SLOW_MS, false, { ref: false })]);
    if (isDone) return;
    const rest = renewal.then(() => {
      this.#loading.delete(slot.source);
      return this.#scans.run(() => this.#changed(builder));
    });
    this.#loading.set(slot.source, rest);
    // It may have been saved again meanwhile.
    void rest.then(() => this.scan()).catch(() => {});
  }

  /** Makes what the loader needs once there is a plugin. */
  async #prepare(): Promise<VersionBuilder> {
    if (this.#builder) return this.#builder;
    const open = await ServiceRouter.openMethods(this.builtIn);
    this.admitter.begin(builtInsOf(this.builtIn, Object.keys(open)));
    this.#cache = new ManifestCache(join(this.options.state, 'cache'), [
      this.options.engineVersion,
      ...SURFACE,
      ...Object.keys(open),
    ]);
    const router = new ServiceRouter(
      this.host,
      () => this.current,
      (label) => this.#set.offeredBy(label),
    );
    const shared = versionHost({ set: this.#set, records: this.records, router, open, options: this.options });
    this.#builder = new VersionBuilder(this.#cache, shared, new MemberCheck(this.options.types));
    return this.#builder;
  }

  #hasChanged(source: string): boolean {
    const slot = this.slots.get(source);
    if (this.#loading.has(source)) return false;
    return !slot || slot.stamps !== fingerprintsOf(slot.inputs);
  }

  /** Uses the last good version of an earlier process, until it is known what the files are now. */
  async #restore(source: string, builder: VersionBuilder): Promise<void> {
    if (this.slots.has(source)) return;
    const slot = this.#set.slot(source);
    if (this.options.retries) this.#retry.add(source);
    try {
      const version = builder.lastGood(slot);
      if (version) await this.admitter.admit(slot, version);
    } catch {
      // `#renew` reports what is wrong.
    }
  }

  /** Reads one source. An error becomes the problem of this source, and affects no other. */
  async #renew(slot: PluginSlot, builder: VersionBuilder): Promise<void> {
    const again = this.#retry.delete(slot.source);
    slot.newest = undefined;
    await this.#attempt(slot, builder, () => builder.newest(slot, this.#set.labels, again));
    if (slot.problem) this.options.log(`plugin ${slot.source}: ${slot.problem.reason}`);
  }

  async #attempt(slot: PluginSlot, builder: VersionBuilder, make: () => Promise<PluginVersion>): Promise<void> {
    let version: PluginVersion | undefined;
    try {
      version = await make();
      slot.newest = knownVersion(version);
      await this.admitter.admit(slot, version);
      slot.problem = undefined;
    } catch (error) {
      slot.problem = problemOf(error);
    }
    if (version !== slot.version) version?.retire();
    if (this.slots.get(slot.source) === slot) builder.remember(slot);
  }

  /** Tries plugins again that were refused: a change may have brought a service that they need, or removed a clash. */
  async #retryBlocked(builder: VersionBuilder): Promise<void> {
    for (let before = ''; before !== this.#set.inUse; ) {
      before = this.#set.inUse;
      for (const slot of this.slots.values()) {
        if (!slot.problem || slot.problem.labels === this.#set.labels.join()) continue;
        await this.#attempt(slot, builder, () => builder.newest(slot, this.#set.labels, false));
      }
    }
  }
}
