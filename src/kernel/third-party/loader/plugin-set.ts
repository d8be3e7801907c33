import type { PluginRegistry } from '../../registry/index.js';
import { type OfferedByPlugin, type PluginVersion, remoteDefinition } from '../process/index.js';
import type { OtherPlugin } from './admission.js';
import { PluginSlot } from './plugin-slot.js';

export type ActiveSlot = PluginSlot & { readonly version: PluginVersion };

/** All slots, and what follows from the versions that are in use. */
export class PluginSet {
  readonly slots = new Map<string, PluginSlot>();

  constructor(private readonly builtIn: PluginRegistry) {}

  /** The slot of a source, made where there is none. */
  slot(source: string): PluginSlot {
    const slot = this.slots.get(source) ?? new PluginSlot(source);
    this.slots.set(source, slot);
    return slot;
  }

  slotOf(version: PluginVersion): PluginSlot | undefined {
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
  offeredBy(label: string): OfferedByPlugin | undefined {
    for (const { version } of this.active) {
      const service = version.manifest.services.find((offered) => offered.label === label);
      if (!service) continue;
      return {
        plugin: version.id,
        effects: service.effects,
        call: (method, args, scope) => version.offered(label, method, args, scope),
      };
    }
    return undefined;
  }

  others(slot?: PluginSlot): readonly OtherPlugin[] {
    return this.active
      .filter((other) => other !== slot)
      .map(({ source, version }) => ({ source, manifest: version.manifest }));
  }

  /** The built-in plugins, and all that are active. @param slot whose version is to be `version` */
  registry(slot?: PluginSlot, version?: PluginVersion): PluginRegistry {
    const versions = [...this.slots.values()].flatMap((each) => (each === slot ? version : each.version) ?? []);
    return this.builtIn.with(versions.map((each) => remoteDefinition(each.manifest, each)));
  }

  /** Tells one state of it from another. */
  get inUse(): string {
    return this.active.map(({ source, version }) => `${source} ${version.source.hash}`).join();
  }
}
