import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestFn } from 'ava';
import { eventually, PROJECT, TestEngine } from './engine.js';

/** An engine with a daemon, an image, and a folder of plugins. */
export class PluginEngine {
  readonly folder = mkdtempSync(join(tmpdir(), 'gantry-plugins-'));

  private constructor(readonly engine: TestEngine) {
    chmodSync(this.folder, 0o755);
  }

  static async start(): Promise<PluginEngine> {
    const plugins = new PluginEngine(new TestEngine());
    await plugins.engine.importImage('busybox');
    await plugins.engine.startDaemon('--plugins-dir', plugins.folder);
    return plugins;
  }

  /** Puts a file into the folder, and waits until the engine has loaded it, or said why it does not. */
  async write(name: string, text: string): Promise<void> {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    if (!/\.(d|test)\.ts$/.test(name)) await eventually(() => this.#isSettled(path));
  }

  async #isSettled(path: string): Promise<boolean> {
    const { code, stdout } = await this.engine.quick(['plugin', 'inspect', path]);
    const [plugin] = JSON.parse(stdout) as { readonly state: string; readonly reason: string }[];
    return code === 0 && plugin?.state !== 'loading' && (plugin?.state !== 'failed' || plugin.reason !== '');
  }

  example(name: string): Promise<void> {
    return this.write(name, readFileSync(join(PROJECT, 'examples/plugins', name), 'utf8'));
  }

  async destroy(): Promise<void> {
    await this.engine.destroy();
    rmSync(this.folder, { recursive: true });
  }
}

/** Gives the tests of a file one such engine with some of the examples, and takes it away afterwards. */
export function pluginsFor(test: TestFn, examples: readonly string[] = []): { readonly plugins: PluginEngine } {
  let plugins: PluginEngine | undefined;
  test.before(async () => {
    plugins = await PluginEngine.start();
    for (const name of examples) await plugins.example(name);
  });
  test.after.always(() => plugins?.destroy());
  return {
    get plugins() {
      if (!plugins) throw new Error('the engine has not started yet');
      return plugins;
    },
  };
}
