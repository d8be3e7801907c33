import { existsSync } from 'node:fs';
import { GantryError } from '../../contracts/index.js';
import { PluginVersion, type VersionHost } from '../process/index.js';
import { compile, demandTrusted, fingerprintOf, fingerprintsOf, fingerprintsWith } from '../sources/index.js';
import type { MemberCheck } from '../types/index.js';
import { SURFACE } from './built-ins.js';
import type { KnownVersion, ManifestCache } from './manifest-cache.js';
import type { PluginSlot } from './plugin-slot.js';
import { blamingContent, ContentError } from './problem.js';

/** Makes versions from plugins' files: from what is known of them where that will do, else by compiling and running them. */
export class VersionBuilder {
  constructor(
    private readonly cache: ManifestCache,
    private readonly host: VersionHost,
    private readonly members: MemberCheck,
  ) {}

  /** The last good version of an earlier process, of which nothing is run. */
  lastGood(slot: PluginSlot): PluginVersion | undefined {
    const cached = this.cache.get(slot.source);
    if (!cached) return undefined;
    slot.inputs = cached.inputs;
    for (const path of slot.inputs) if (existsSync(path)) demandTrusted(path);
    return cached.good && this.#known(slot, cached.good);
  }

  /**
   * The version of a plugin's files as they are now; the one in use where that is the same.
   * @param labels of the services that other plugins offer @param again tries what has failed before
   * @throws ContentError
   */
  async newest(slot: PluginSlot, labels: readonly string[], again: boolean): Promise<PluginVersion> {
    const cached = this.cache.get(slot.source);
    const stamps = fingerprintsOf(slot.inputs);
    const problem = cached?.problem;
    const isKnown =
      cached?.stamps === stamps && (problem === undefined || (!again && problem.labels === labels.join()));
    if (!isKnown) return this.#make(slot, labels);
    slot.stamps = stamps;
    for (const path of slot.inputs) demandTrusted(path);
    if (problem) throw new ContentError(problem);
    return cached?.newest ? this.#known(slot, cached.newest) : this.#make(slot, labels);
  }

  /** Keeps for later processes what is known of a slot. */
  remember({ source, inputs, stamps, problem, version, newest }: PluginSlot): void {
    const good = version ? knownVersion(version) : this.cache.get(source)?.good;
    const content = problem?.labels === undefined ? undefined : problem;
    this.cache.set(source, { inputs, stamps, newest: content ? undefined : newest, good, problem: content });
  }

  async #make(slot: PluginSlot, labels: readonly string[]): Promise<PluginVersion> {
    const inputs = new Map<string, string>();
    const names = [...SURFACE, ...Object.keys(this.host.open), ...labels];
    try {
      const work = compile(slot.source, names, (path) => {
        if (!inputs.has(path)) inputs.set(path, fingerprintOf(path));
      });
      const { code, hash, entry } = await blamingContent(labels.join(), work);
      if (hash === slot.version?.source.hash) return slot.version;
      this.cache.putCode(hash, code);
      const version = new PluginVersion(this.#source(slot, hash, entry), this.host);
      const checks = Promise.all([version.inspect(), this.members.check(entry)]);
      await blamingContent(labels.join(), checks).catch((error: unknown) => {
        version.retire();
        throw error;
      });
      return version;
    } finally {
      slot.inputs = [...inputs.keys()];
      slot.stamps = fingerprintsWith(slot.inputs, [...inputs.values()]);
    }
  }

  #known(slot: PluginSlot, { hash, entry, manifest }: KnownVersion): PluginVersion {
    if (hash === slot.version?.source.hash) return slot.version;
    return new PluginVersion(this.#source(slot, hash, entry), this.host, manifest);
  }

  #source({ source }: PluginSlot, hash: string, entry: string): PluginVersion['source'] {
    return { place: source, hash, entry, code: () => this.#code(source, hash) };
  }

  /** From the cache; where that has been damaged, from the files, if they still say the same. */
  async #code(source: string, hash: string): Promise<string> {
    const cached = this.cache.code(hash);
    if (cached !== undefined) return cached;
    const labels = Object.keys(this.host.open);
    const made = await compile(source, [...SURFACE, ...labels, ...this.host.labels()], () => {});
    if (made.hash !== hash) {
      throw new GantryError('conflict', `plugin ${source} was replaced at this very moment`, { hint: 'Try again' });
    }
    this.cache.putCode(hash, made.code);
    return made.code;
  }
}

/** The part of a version that can be kept. */
export function knownVersion({ source: { hash, entry }, manifest }: PluginVersion): KnownVersion {
  return { hash, entry, manifest };
}
