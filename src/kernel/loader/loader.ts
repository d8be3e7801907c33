import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { CallScope } from '../call-scope.js';
import { GantryError } from '../errors.js';
import type { ServiceParams } from '../guest/protocol.js';
import * as surface from '../guest/surface.js';
import { PluginFailure } from '../plugin-failure.js';
import { isOwnOption, type Registry } from '../registry.js';
import type { ServiceHost } from '../services.js';
import { MemberCheck } from '../types/member-check.js';
import { checkAdmission, checkFlags, type Ground, missingServices, unapproved, wantedRights } from './admission.js';
import { compile } from './compile.js';
import { definitionOf } from './definition.js';
import { demandTrusted, listFolder } from './folders.js';
import { ManifestCache } from './manifest-cache.js';
import type { ProcessEnd } from './process.js';
import { PluginRecords } from './records.js';
import { type OfferedTo, ServiceRouter } from './router.js';
import { type Problem, Slot } from './slot.js';
import { stampsOf } from './stamps.js';
import { PluginVersion, type VersionSurroundings } from './version.js';

export interface LoaderOptions {
  readonly folders: readonly string[];
  /** Where records and the cache are kept: `<root>/plugins`. */
  readonly state: string;
  /** The program of plugins' processes. */
  readonly program: string;
  /** The file that declares what `gantry` exports. */
  readonly types: string;
  /** Of the engine: what is cached for another is not believed. */
  readonly engineVersion: string;
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
  readonly slots = new Map<string, Slot>();
  /** Why a folder cannot be used, by its path. */
  readonly refusedFolders = new Map<string, string>();
  #current: Registry;
  #cache: ManifestCache | undefined;
  #ground: Ground | undefined;
  #router: ServiceRouter | undefined;
  #surroundings: VersionSurroundings | undefined;
  /** Sources that are to be read whatever is known of them. */
  readonly #afresh = new Set<string>();
  readonly #members: MemberCheck;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #listeners: (() => void)[] = [];

  constructor(
    private readonly builtIn: Registry,
    private readonly host: ServiceHost,
    private readonly options: LoaderOptions,
  ) {
    this.#current = builtIn;
    this.#members = new MemberCheck(options.types);
    this.records = new PluginRecords(join(options.state, 'records.json'));
  }

  /** What commands there are now. */
  get current(): Registry {
    return this.#current;
  }

  get folders(): readonly string[] {
    return this.options.folders;
  }

  /** Slots with a version in use. */
  get active(): readonly (Slot & { readonly version: PluginVersion })[] {
    return [...this.slots.values()].filter(
      (slot): slot is Slot & { version: PluginVersion } => slot.version !== undefined,
    );
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

  /** The services that plugins offer, with who does. */
  offeredBy(label: string): OfferedTo | undefined {
    for (const { version } of this.active) {
      const service = version.manifest.services.find((offered) => offered.label === label);
      if (!service) continue;
      return {
        plugin: version.id,
        effects: service.effects,
        call: (method, args) => version.offered(label, method, args),
      };
    }
    return undefined;
  }

  async #scan(): Promise<void> {
    const sources = this.options.folders.flatMap((folder) => this.#list(folder));
    if (sources.length === 0 && this.slots.size === 0) return;
    await this.#prepare();
    const labels = this.#labels();
    const gone = [...this.slots.keys()].filter((source) => !sources.includes(source));
    for (const source of gone) this.#forget(source);
    const changed = sources.filter((source) => this.#hasChanged(source));
    for (const source of changed) await this.#read(source);
    if (gone.length + changed.length === 0) return;
    await this.#retry(labels);
    this.#cache?.keep(sources);
    for (const listener of this.#listeners) listener();
  }

  #list(folder: string): readonly string[] {
    const { sources, refused } = listFolder(folder);
    if (refused === undefined) this.refusedFolders.delete(folder);
    else this.refusedFolders.set(folder, refused);
    return sources;
  }

  /** What is needed once there is a plugin. */
  async #prepare(): Promise<void> {
    if (this.#surroundings) return;
    const open = await ServiceRouter.openMethods(this.builtIn);
    this.#ground = groundOf(this.builtIn, Object.keys(open));
    this.#cache = new ManifestCache(join(this.options.state, 'cache'), [
      this.options.engineVersion,
      ...Object.keys(surface),
    ]);
    this.#router = new ServiceRouter(
      this.host,
      () => this.#current,
      (label) => this.offeredBy(label),
    );
    const { program, accept } = this.options;
    this.#surroundings = {
      program,
      open,
      isPrivileged: (id) => this.records.get(id)?.rights.includes('Host.all') ?? false,
      demandUsable: (version) => this.#demandUsable(version),
      service: (version, params, scope) => this.#service(version, params, scope),
      accept: (_, connection) => accept(connection),
      failed: (version, end) => this.#failed(version, end),
      wrote: (version, line) => this.#slotOf(version)?.wrote(line),
    };
  }

  #hasChanged(source: string): boolean {
    const slot = this.slots.get(source);
    return !slot || slot.stamps !== stampsOf(slot.inputs);
  }

  #forget(source: string): void {
    const slot = this.slots.get(source);
    this.slots.delete(source);
    slot?.version?.retire();
    this.#current = this.#registry();
  }

  /** Reads one source. Whatever is wrong with it becomes its problem, and that of nobody else. */
  async #read(source: string): Promise<void> {
    const afresh = this.#afresh.delete(source) || (this.options.retries && !this.slots.has(source));
    const slot = this.slots.get(source) ?? new Slot(source);
    this.slots.set(source, slot);
    const cached = this.#cache?.get(source);
    if (!slot.version && cached) slot.inputs = cached.inputs;
    const isKnown = !afresh && cached?.stamps === stampsOf(slot.inputs);
    slot.stamps = stampsOf(slot.inputs);
    try {
      for (const path of slot.inputs) demandTrusted(path);
      if (cached?.good && !slot.version) await this.#useCached(slot, cached.good, isKnown);
      if (isKnown && cached?.problem) throw new ProblemError(cached.problem);
      if (!isKnown || !slot.version) await this.#compile(slot);
      slot.problem = undefined;
    } catch (error) {
      slot.problem = problemOf(error);
      this.options.log(`plugin ${source}: ${slot.problem.reason}`);
    }
    this.#remember(slot);
  }

  /** The last good version, without running anything of it. */
  async #useCached(
    slot: Slot,
    good: { readonly hash: string; readonly entry: string; readonly manifest: PluginVersion['manifest'] },
    isNewest: boolean,
  ): Promise<void> {
    try {
      const source = { hash: good.hash, entry: good.entry, code: (): string => this.#cacheCode(good.hash) };
      await this.#admit(slot, new PluginVersion(source, this.#around, good.manifest));
    } catch (error) {
      if (isNewest) throw error;
    }
  }

  #cacheCode(hash: string): string {
    if (!this.#cache) throw new Error('the loader has not been started');
    return this.#cache.code(hash);
  }

  async #compile(slot: Slot): Promise<void> {
    const names = [...Object.keys(surface), ...Object.keys(this.#around.open), ...this.#labels()];
    const { code, hash, inputs, entry } = await lasting(compile(slot.source, names));
    slot.inputs = inputs;
    slot.stamps = stampsOf(inputs);
    if (hash === slot.version?.source.hash) return;
    const version = new PluginVersion({ hash, entry, code: () => code }, this.#around);
    try {
      await lasting(Promise.all([version.inspect(), this.#members.check(entry)]));
      await this.#admit(slot, version);
      this.#cache?.putCode(hash, code);
    } catch (error) {
      version.retire();
      throw error;
    }
  }

  get #around(): VersionSurroundings {
    if (!this.#surroundings) throw new Error('the loader has not been started');
    return this.#surroundings;
  }

  /** Puts a version in the place of the slot's former one, if it clashes with nothing and the operator agrees. */
  async #admit(slot: Slot, version: PluginVersion): Promise<void> {
    const { manifest } = version;
    const others = this.active
      .filter((other) => other !== slot)
      .map(({ source, version }) => ({ source, manifest: version.manifest }));
    checkAdmission(manifest, slot.source, others, this.ground);
    const record = this.records.get(manifest.id) ?? { enabled: true, rights: wantedRights(manifest), replaces: [] };
    if (!this.records.get(manifest.id)) this.records.set(manifest.id, record);
    slot.disabled = !record.enabled;
    const missing = unapproved(manifest, record);
    slot.pending = missing.length > 0 || slot.disabled ? manifest : undefined;
    if (slot.disabled) return void this.#replace(slot, undefined);
    if (missing.length > 0) {
      const message = `it wants ${missing.join(', ')}, which nobody has approved (docker plugin approve ${manifest.id})`;
      throw new GantryError('denied', message);
    }
    const registry = this.#registry(slot, version);
    await checkAllFlags(registry, manifest.id);
    this.#replace(slot, version, registry);
  }

  #replace(slot: Slot, version: PluginVersion | undefined, registry?: Registry): void {
    const former = slot.version;
    slot.version = version;
    slot.forgive();
    this.#current = registry ?? this.#registry();
    if (former !== version) former?.retire();
  }

  /** The built-in plugins, and all that are active. @param slot whose version is to be `version` */
  #registry(slot?: Slot, version?: PluginVersion): Registry {
    const versions = [...this.slots.values()].flatMap((each) => (each === slot ? version : each.version) ?? []);
    return this.builtIn.with(versions.map((each) => definitionOf(each.manifest, each)));
  }

  /** A service that came may be what others waited for, and one that went what they need. */
  async #retry(labelsBefore: readonly string[]): Promise<void> {
    for (let before = labelsBefore; before.join() !== this.#labels().join(); ) {
      before = this.#labels();
      for (const slot of this.slots.values()) {
        if (!slot.problem || slot.pending) continue;
        slot.stamps = '';
        await this.#compile(slot).then(
          () => {
            slot.problem = undefined;
          },
          (error) => {
            slot.problem = problemOf(error);
          },
        );
        this.#remember(slot);
      }
    }
  }

  #labels(): readonly string[] {
    return this.active.flatMap(({ version }) => version.manifest.services.map(({ label }) => label)).sort();
  }

  #remember(slot: Slot): void {
    const { inputs, stamps, problem, version } = slot;
    const former = this.#cache?.get(slot.source)?.good;
    const good = version && { hash: version.source.hash, entry: version.source.entry, manifest: version.manifest };
    // What is wrong with its neighbours may be right the next time.
    const known = problem === undefined || problem.lasting === true;
    this.#cache?.set(slot.source, {
      inputs,
      stamps: known ? stamps : '',
      problem: known ? problem : undefined,
      good: good ?? former,
    });
  }

  async #service(version: PluginVersion, params: ServiceParams, scope: CallScope | undefined): Promise<unknown> {
    const rights = this.records.get(version.id)?.rights ?? [];
    const granted = version.manifest.rights.filter((right) => rights.includes(right));
    return this.#router?.call({ id: version.id, rights: granted }, params, scope);
  }

  #slotOf(version: PluginVersion): Slot | undefined {
    return [...this.slots.values()].find((slot) => slot.version === version || slot.source === version.source.entry);
  }

  #demandUsable(version: PluginVersion): void {
    const slot = this.#slotOf(version);
    const seconds = slot?.restsFor() ?? 0;
    if (seconds === 0) return;
    throw new PluginFailure(
      version.id,
      `died three times in a minute, and rests for ${seconds} s: ${slot?.lastFailure?.reason}`,
    );
  }

  #failed(version: PluginVersion, end: ProcessEnd): void {
    const slot = this.#slotOf(version);
    if (slot?.version !== version) return;
    slot.failed(end);
    this.options.log(`plugin '${version.id}' ${end.reason}${end.stack && `\n${end.stack}`}`);
  }

  /** Services that a plugin in use asks for, and that nobody offers any more. */
  missingFor(manifest: PluginVersion['manifest']): readonly string[] {
    const others = this.active.map(({ source, version }) => ({ source, manifest: version.manifest }));
    return missingServices(manifest, others, this.ground);
  }
}

class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.reason);
  }
}

/** Marks what goes wrong as the content's own fault. */
async function lasting<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new ProblemError({ ...problemOf(error), lasting: true });
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof GantryError) {
    const stack = error instanceof PluginFailure ? error.guestStack : '';
    return { reason: error.hint && !stack ? `${error.message} (${error.hint})` : error.message, stack };
  }
  return { reason: `internal error: ${error instanceof Error ? (error.stack ?? error.message) : error}`, stack: '' };
}

export function groundOf(registry: Registry, open: readonly string[]): Ground {
  const { plugins } = registry;
  return {
    ids: plugins.map(({ id }) => id),
    services: plugins.flatMap(({ provides = [] }) => provides.map(({ token }) => token.label)),
    open,
    // `die` is `container die`, and whatever else dies.
    events: plugins.flatMap(({ events = [] }) => events.flatMap((event) => [event, event.split(' ')[1] ?? ''])),
    tables: Object.assign({}, ...plugins.map(({ tables = {} }) => tables)),
  };
}

/** @throws GantryError `invalid` for a command that is not there, `conflict` for a flag that is */
export async function checkAllFlags(registry: Registry, id: string): Promise<void> {
  const plugin = registry.plugins.find((one) => one.id === id);
  for (const { command } of plugin?.extensions ?? []) {
    const targets = registry.commands.filter(({ names: [own] }) => command === '*' || own === command);
    if (targets.length === 0)
      throw new GantryError('invalid', `it extends the command '${command}', which does not exist`);
    for (const target of targets) {
      const { options } = await target.describe();
      const extensions = registry.extensionsOf(target);
      checkFlags(target.names[0], [
        { owner: `plugin '${target.plugin.id}'`, options: options.filter(isOwnOption) },
        ...extensions.map(({ plugin, extension }) => ({ owner: `plugin '${plugin.id}'`, options: extension.options })),
      ]);
    }
  }
}
