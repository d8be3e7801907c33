import type { Readable } from 'node:stream';
import { LoadedPlugins, type PluginHost, type PluginInfo } from '../../kernel/index.js';

/** The plugins that the process has loaded, as a service with declared effects. */
export class EnginePluginHost implements PluginHost {
  constructor(@LoadedPlugins private readonly loaded: PluginHost) {}

  list(): Promise<readonly PluginInfo[]> {
    return this.loaded.list();
  }
  builtIn(): Promise<readonly PluginInfo[]> {
    return this.loaded.builtIn();
  }
  get(id: string): Promise<PluginInfo> {
    return this.loaded.get(id);
  }
  add(name: string, content: Readable, options: { readonly replace: boolean }): Promise<PluginInfo> {
    return this.loaded.add(name, content, options);
  }
  remove(id: string): Promise<void> {
    return this.loaded.remove(id);
  }
  enable(id: string): Promise<void> {
    return this.loaded.enable(id);
  }
  disable(id: string): Promise<void> {
    return this.loaded.disable(id);
  }
  approve(id: string, replaces: readonly string[]): Promise<PluginInfo> {
    return this.loaded.approve(id, replaces);
  }
  types(): Promise<string> {
    return this.loaded.types();
  }
}
