import { type Check, type Finding, GantryError, PluginHost } from '../../kernel/index.js';

/** What the engine keeps of plugins. A plugin that is wrong by itself is its author's affair: `plugin ls` tells. */
export class PluginCheck implements Check {
  constructor(@PluginHost private readonly plugins: PluginHost) {}

  async *findings(): AsyncIterable<Finding> {
    try {
      await this.plugins.list();
    } catch (error) {
      // The records of what plugins may do are damaged: only the operator can say what that was.
      if (!(error instanceof GantryError)) throw error;
      const { message, hint } = error;
      yield { object: 'plugins', problem: message, ...(hint !== undefined && { hint }) };
    }
  }
}
