import type { Registry } from '../registry.js';
import type { Neighbour } from './admission.js';
import { definitionOf } from './definition.js';
import type { OfferedTo } from './router.js';
import { Slot } from './slot.js';
import type { PluginVersion } from './version.js';

export type ActiveSlot = Slot & { readonly version: PluginVersion };

/** All slots, and what follows from the versions that are in use. */
export class PluginSet {
  readonly slots = new Map<string, Slot>();

  constructor(private readonly builtIn: Registry) {}

  /** The slot of a source, made where there is none. */
  slot(source: string): Slot {
    const slot = this.slots.get(source) ?? new Slot(source);
    this.slots.set(source, slot);
    return slot;
  }

  slotOf(version: PluginVersion): Slot | undefined {
    return this.slots.get(version.source.place);
  }

  /** Slots with a version in use. */
  get active(): readonly ActiveSlot[] {
    return [...this.slots.values()].filter((slot): slot is ActiveSlot => slot.version !== undefined);
  }

  /** Labels of the services that plugins offer. */
  get labels(): readonly string[] {
    return this.active.flatMap(({ version }) => version.manifest.services.map(({ label }) => label)).sort();
  }

  /** Who offers a service. */
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

  neighbours(slot?: Slot): readonly Neighbour[] {
    return this.active
      .filter((other) => other !== slot)
      .map(({ source, version }) => ({ source, manifest: version.manifest }));
  }

  /** The built-in plugins, and all that are active. @param slot whose version is to be `version` */
  registry(slot?: Slot, version?: PluginVersion): Registry {
    const versions = [...this.slots.values()].flatMap((each) => (each === slot ? version : each.version) ?? []);
    return this.builtIn.with(versions.map((each) => definitionOf(each.manifest, each)));
  }

  /** Tells one state of it from another. */
  get inUse(): string {
    return this.active.map(({ source, version }) => `${source} ${version.source.hash}`).join();
  }
}
