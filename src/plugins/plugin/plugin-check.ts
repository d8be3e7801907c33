import { type Check, type Finding, PluginHost } from '../../kernel/index.js';

/** What the engine keeps of plugins. A plugin that is wrong by itself is its author's affair: `plugin ls` tells. */
export class PluginCheck implements Check {
  constructor(@PluginHost private readonly plugins: PluginHost) {}

  /** @throws GantryError that says what to do where the records of what plugins may do are damaged */
  async *findings(): AsyncIterable<Finding> {
    await this.plugins.list();
  }
}
