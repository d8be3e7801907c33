import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { PluginLoader } from './plugin-loader.js';

/** An editor's save is several events, and half of a file may be there after the first. */
const SETTLE_MS = 30;
/** For folders that are not there yet, and what the kernel does not tell. */
const LOOK_MS = 3000;

/** Scans again whenever the folders of plugins, or the files that these are made from, change. */
export class FolderWatch {
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  readonly #look: NodeJS.Timeout;

  constructor(private readonly loader: PluginLoader) {
    this.#look = setInterval(() => void this.#scan(), LOOK_MS).unref();
    this.#follow();
  }

  stop(): void {
    clearInterval(this.#look);
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  async #scan(): Promise<void> {
    await this.loader.scan().catch(() => {});
    this.#follow();
  }

  #follow(): void {
    const inputs = [...this.loader.slots.values()].flatMap((slot) => slot.inputs.map((path) => dirname(path)));
    const wanted = new Set([
      ...this.loader.folders.paths,
      ...inputs.filter((folder) => !folder.includes('/node_modules/')),
    ]);
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.#watchers.has(folder)) this.#watch(folder);
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, () => this.#soon());
      const forget = (): void => {
        watcher.close();
        this.#watchers.delete(folder);
      };
      watcher.on('error', forget).unref();
      this.#watchers.set(folder, watcher);
    } catch {
      // It is not there, or there are too many watchers: `LOOK_MS` does it.
    }
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#scan(), SETTLE_MS);
  }
}
