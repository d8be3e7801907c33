import type { PluginCheck, PluginChecks } from '../contracts/index.js';
import type { PluginRegistry } from '../registry/index.js';
import type { ServiceHost } from './service-host.js';

/** The checks that plugins list. One whose services do not start costs no other. */
export class RegisteredChecks implements PluginChecks {
  constructor(
    private readonly registry: PluginRegistry,
    private readonly host: ServiceHost,
  ) {}

  /** Plugins that others depend on come first: the inventory lists them last. */
  all(): readonly PluginCheck[] {
    return this.registry.plugins.toReversed().flatMap((plugin) =>
      Object.entries(plugin.checks ?? {}).map(([what, load]) => ({
        what,
        make: async () => this.host.make(await load(), plugin),
      })),
    );
  }
}
