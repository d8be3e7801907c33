import { GantryError } from '../../contracts/index.js';
import type { PluginRegistry } from '../../registry/index.js';
import type { PluginVersion } from '../process/index.js';
import type { Manifest } from '../protocol/index.js';
import { type BuiltIns, checkAdmission, initialRights, missingServices, unapproved } from './admission.js';
import { checkAllFlags } from './built-ins.js';
import type { PluginRecords } from './plugin-records.js';
import type { PluginSet } from './plugin-set.js';
import type { PluginSlot } from './plugin-slot.js';
import { SerialQueue } from './serial-queue.js';

/** Puts versions of plugins in use, one at a time: a later one must not clash with those that are in use. */
export class PluginAdmitter {
  readonly #queue = new SerialQueue();
  #current: PluginRegistry;
  #builtIns: BuiltIns | undefined;

  constructor(
    private readonly set: PluginSet,
    private readonly records: PluginRecords,
    builtIn: PluginRegistry,
  ) {
    this.#current = builtIn;
  }

  /** Called once, before the first version. */
  begin(builtIns: BuiltIns): void {
    this.#builtIns = builtIns;
  }

  /** The built-in plugins and all versions in use. */
  get current(): PluginRegistry {
    return this.#current;
  }

  /**
   * Puts a version in use, or into what waits for the operator's approval.
   * @throws GantryError `conflict` for a clash, `denied` without approval, `unavailable` and `invalid` as `checkAdmission`
   */
  admit(slot: PluginSlot, version: PluginVersion): Promise<void> {
    return this.#queue.run(async () => {
      if (this.set.slots.get(slot.source) !== slot) throw new GantryError('not found', 'its file is gone');
      await this.#admit(slot, version);
    });
  }

  /** Puts a version in the place of the slot's former one, if it clashes with nothing and the operator agrees. */
  async #admit(slot: PluginSlot, version: PluginVersion): Promise<void> {
    const { manifest } = version;
    const found = this.records.get(manifest.id);
    const record = found ?? { enabled: true, rights: initialRights(manifest), replaces: [] };
    slot.disabled = !record.enabled;
    slot.pending = slot.disabled ? manifest : undefined;
    if (slot.disabled) return this.#replace(slot, undefined);
    checkAdmission(manifest, slot.source, this.set.others(slot), this.builtIns);
    const missing = unapproved(manifest, record);
    if (missing.length > 0) {
      slot.pending = manifest;
      const message = `it wants ${missing.join(', ')}, which nobody has approved (docker plugin approve ${manifest.id})`;
      throw new GantryError('denied', message);
    }
    if (version !== slot.version) {
      const registry = this.set.registry(slot, version);
      await checkAllFlags(registry, manifest.id);
      this.#replace(slot, version, registry);
    }
    if (!found) this.records.set(manifest.id, record);
  }

  #replace(slot: PluginSlot, version: PluginVersion | undefined, registry?: PluginRegistry): void {
    const former = slot.version;
    slot.version = version;
    slot.resetFailures();
    this.#current = registry ?? this.set.registry();
    if (former !== version) former?.retire();
  }

  /** Takes a source out of use: its file is gone. */
  remove(source: string): void {
    const slot = this.set.slots.get(source);
    this.set.slots.delete(source);
    slot?.version?.retire();
    this.#current = this.set.registry();
  }

  /** Services that a plugin in use asks for, and that no plugin offers any longer. */
  missingFor(manifest: Manifest): readonly string[] {
    return missingServices(manifest, this.set.others(), this.builtIns);
  }

  private get builtIns(): BuiltIns {
    if (!this.#builtIns) throw new Error('the loader has not been started');
    return this.#builtIns;
  }
}
