import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { CallScope } from '../call-scope.js';
import { GantryError } from '../errors.js';
import type { Manifest } from '../guest/manifest.js';
import type { ServiceParams } from '../guest/protocol.js';
import { PluginFailure } from '../plugin-failure.js';
import type { Registry } from '../registry.js';
import type { ServiceHost } from '../services.js';
import { MemberCheck } from '../types/member-check.js';
import { checkAdmission, type Ground, missingServices, pinnedAtFirst, unapproved } from './admission.js';
import { listFolder } from './folders.js';
import { checkAllFlags, groundOf, SURFACE } from './ground.js';
import { ManifestCache } from './manifest-cache.js';
import { type ActiveSlot, PluginSet } from './plugin-set.js';
import { problemOf } from './problem.js';
import type { ProcessEnd } from './process.js';
import { PluginRecords } from './records.js';
import { ServiceRouter } from './router.js';
import type { Slot } from './slot.js';
import { stampsOf } from './stamps.js';
import type { PluginVersion, VersionSurroundings } from './version.js';
import { known, Workshop } from './workshop.js';

export interface LoaderOptions {
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

/**
 * Third-party plugins, from their files to the registry. Each change of the folders makes a new registry, which takes
 * the place of the old one at once; calls under way go on in the old code.
 */
export class PluginLoader {
  readonly records: PluginRecords;
  /** Why a folder cannot be used, by its path. */
  readonly refusedFolders = new Map<string, string>();
  readonly #set: PluginSet;
  #current: Registry;
  #cache: ManifestCache | undefined;
  #ground: Ground | undefined;
  #router: ServiceRouter | undefined;
  #workshop: Workshop | undefined;
  /** Sources whose problems are not to be believed. */
  readonly #afresh = new Set<string>();
  #queue: Promise<unknown> = Promise.resolve();
  readonly #listeners: (() => void)[] = [];

  constructor(
    private readonly builtIn: Registry,
    private readonly host: ServiceHost,
    private readonly options: LoaderOptions,
  ) {
    this.#set = new PluginSet(builtIn);
    this.#current = builtIn;
    this.records = new PluginRecords(join(options.state, 'records.json'));
  }

  /** What commands there are now. */
  get current(): Registry {
    return this.#current;
  }

  get folders(): readonly string[] {
    return this.options.folders;
  }

  get slots(): ReadonlyMap<string, Slot> {
    return this.#set.slots;
  }

  get active(): readonly ActiveSlot[] {
    return this.#set.active;
  }

  get ground(): Ground {
    if (!this.#ground) throw new Error('the loader has not been started');
    return this.#ground;
  }

  /** Called after each change of what is loaded. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Reads the folders, and brings what is loaded in line with them. One scan at a time. */
  scan(): Promise<void> {
    const scan = this.#queue.then(() => this.#scan());
    this.#queue = scan.catch((error: unknown) => this.options.log(`scan of the plugins: ${String(error)}`));
    return scan;
  }

  /** Ends all processes. */
  stop(): void {
    for (const slot of this.slots.values()) slot.version?.retire();
  }

  /** Reads a source again, whatever its stamps say: the operator has decided something. */
  async refresh(source: string): Promise<void> {
    const slot = this.slots.get(source);
    if (slot) slot.stamps = '';
    slot?.forgive();
    this.#afresh.add(source);
    await this.scan();
  }

  async #scan(): Promise<void> {
    const sources = [...new Set(this.options.folders.flatMap((folder) => this.#list(folder)))];
    if (sources.length === 0 && this.slots.size === 0) return;
    const workshop = await this.#prepare();
    const gone = [...this.slots.keys()].filter((source) => !sources.includes(source));
    for (const source of gone) this.#forget(source);
    const changed = sources.filter((source) => this.#hasChanged(source));
    if (gone.length + changed.length === 0) return;
    // Who was there before is there first: a newcomer takes nothing away from others, whatever its name.
    for (const source of changed) await this.#restore(source, workshop);
    for (const source of changed) await this.#renew(this.#set.slot(source), workshop);
    await this.#settle(workshop);
    this.#cache?.keep(sources);
    for (const listener of this.#listeners) listener();
  }

  /** A folder that cannot be read just now keeps what it had. */
  #list(folder: string): readonly string[] {
    const { sources, refused } = listFolder(folder);
    if (refused === undefined) {
      this.refusedFolders.delete(folder);
      return sources;
    }
    this.refusedFolders.set(folder, refused);
    return [...this.slots.keys()].filter((source) => dirname(source) === folder);
  }

  /** What is needed once there is a plugin. */
  async #prepare(): Promise<Workshop> {
    if (this.#workshop) return this.#workshop;
    const open = await ServiceRouter.openMethods(this.builtIn);
    this.#ground = groundOf(this.builtIn, Object.keys(open));
    this.#cache = new ManifestCache(join(this.options.state, 'cache'), [
      this.options.engineVersion,
      ...SURFACE,
      ...Object.keys(open),
    ]);
    this.#router = new ServiceRouter(
      this.host,
      () => this.#current,
      (label) => this.#set.offeredBy(label),
    );
    const { program, accept } = this.options;
    const surroundings: VersionSurroundings = {
      program,
      open,
      labels: () => this.#set.labels,
      isPrivileged: (manifest) => this.#granted(manifest).includes('Host.all'),
      demandUsable: (version) => this.#demandUsable(version),
      service: (version, params, scope) => this.#service(version, params, scope),
      accept: (_, connection) => accept(connection),
      failed: (version, end) => this.#failed(version, end),
      wrote: (version, line) => this.#set.slotOf(version)?.wrote(line),
    };
    this.#workshop = new Workshop(this.#cache, surroundings, new MemberCheck(this.options.types));
    return this.#workshop;
  }

  #hasChanged(source: string): boolean {
    const slot = this.slots.get(source);
    return !slot || slot.stamps !== stampsOf(slot.inputs);
  }

  #forget(source: string): void {
    const slot = this.slots.get(source);
    this.#set.slots.delete(source);
    slot?.version?.retire();
    this.#current = this.#set.registry();
  }

  /** Uses the last good version of an earlier process, until it is known what the files are now. */
  async #restore(source: string, workshop: Workshop): Promise<void> {
    if (this.slots.has(source)) return;
    const slot = this.#set.slot(source);
    if (this.options.retries) this.#afresh.add(source);
    try {
      const version = workshop.lastGood(slot);
      if (version) await this.#admit(slot, version);
    } catch {
      // `renew` tells what is wrong.
    }
  }

  /** Reads one source. Whatever is wrong with it becomes its problem, and that of nobody else. */
  async #renew(slot: Slot, workshop: Workshop): Promise<void> {
    const again = this.#afresh.delete(slot.source);
    slot.newest = undefined;
    await this.#attempt(slot, workshop, () => workshop.newest(slot, this.#set.labels, again));
    if (slot.problem) this.options.log(`plugin ${slot.source}: ${slot.problem.reason}`);
  }

  async #attempt(slot: Slot, workshop: Workshop, make: () => Promise<PluginVersion>): Promise<void> {
    let version: PluginVersion | undefined;
    try {
      version = await make();
      slot.newest = known(version);
      await this.#admit(slot, version);
      slot.problem = undefined;
    } catch (error) {
      slot.problem = problemOf(error);
    }
    if (version !== slot.version) version?.retire();
    workshop.remember(slot);
  }

  /** Puts a version in the place of the slot's former one, if it clashes with nothing and the operator agrees. */
  async #admit(slot: Slot, version: PluginVersion): Promise<void> {
    const { manifest } = version;
    const found = this.records.get(manifest.id);
    const record = found ?? { enabled: true, rights: pinnedAtFirst(manifest), replaces: [] };
    slot.disabled = !record.enabled;
    slot.pending = slot.disabled ? manifest : undefined;
    if (slot.disabled) return this.#replace(slot, undefined);
    checkAdmission(manifest, slot.source, this.#set.neighbours(slot), this.ground);
    const missing = unapproved(manifest, record);
    if (missing.length > 0) {
      slot.pending = manifest;
      const message = `it wants ${missing.join(', ')}, which nobody has approved (docker plugin approve ${manifest.id})`;
      throw new GantryError('denied', message);
    }
    if (version !== slot.version) {
      const registry = this.#set.registry(slot, version);
      await checkAllFlags(registry, manifest.id);
      this.#replace(slot, version, registry);
    }
    if (!found) this.records.set(manifest.id, record);
  }

  #replace(slot: Slot, version: PluginVersion | undefined, registry?: Registry): void {
    const former = slot.version;
    slot.version = version;
    slot.forgive();
    this.#current = registry ?? this.#set.registry();
    if (former !== version) former?.retire();
  }

  /** What came may be what others waited for, and what went may have stood in their way. */
  async #settle(workshop: Workshop): Promise<void> {
    for (let before = ''; before !== this.#set.inUse; ) {
      before = this.#set.inUse;
      for (const slot of this.slots.values()) {
        if (!slot.problem || slot.problem.labels === this.#set.labels.join()) continue;
        await this.#attempt(slot, workshop, () => workshop.newest(slot, this.#set.labels, false));
      }
    }
  }

  /** What it declares, and the operator lets it. */
  #granted(manifest: Manifest): readonly string[] {
    const approved = this.records.get(manifest.id)?.rights ?? [];
    return manifest.rights.filter((right) => approved.includes(right));
  }

  async #service(version: PluginVersion, params: ServiceParams, scope: CallScope | undefined): Promise<unknown> {
    const asking = { id: version.id, rights: this.#granted(version.manifest) };
    return this.#router?.call(asking, params, scope);
  }

  #demandUsable(version: PluginVersion): void {
    const slot = this.#set.slotOf(version);
    const seconds = slot?.restsFor() ?? 0;
    if (seconds === 0) return;
    throw new PluginFailure(
      version.id,
      `died three times in a minute, and rests for ${seconds} s: ${slot?.lastFailure?.reason}`,
    );
  }

  #failed(version: PluginVersion, end: ProcessEnd): void {
    const slot = this.#set.slotOf(version);
    if (slot?.version !== version) return;
    slot.failed(end);
    this.options.log(`plugin '${version.id}' ${end.reason}${end.stack && `\n${end.stack}`}`);
  }

  /** Services that a plugin in use asks for, and that nobody offers any more. */
  missingFor(manifest: Manifest): readonly string[] {
    return missingServices(manifest, this.#set.neighbours(), this.ground);
  }
}
