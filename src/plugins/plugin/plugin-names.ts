import { PluginHost, type Values } from '../../kernel/index.js';

/** Ids of third-party plugins. */
export class PluginNames implements Values {
  constructor(@PluginHost private readonly plugins: PluginHost) {}

  async values(): Promise<readonly string[]> {
    return (await this.plugins.list()).map(({ id }) => id);
  }
}
