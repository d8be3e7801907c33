import { type Check, type Finding, GantryError, PluginHost } from '../../kernel/index.js';

/** Checks the engine's records of plugins. A plugin that does not load is no finding: `plugin ls` shows it. */
export class PluginCheck implements Check {
  constructor(@PluginHost private readonly plugins: PluginHost) {}

  async *findings(): AsyncIterable<Finding> {
    try {
      await this.plugins.list();
    } catch (error) {
      // The records of permissions of plugins are damaged: only the operator knows what they were.
      if (!(error instanceof GantryError)) throw error;
      const { message, hint } = error;
      yield { object: 'plugins', problem: message, ...(hint !== undefined && { hint }) };
    }
  }
}
