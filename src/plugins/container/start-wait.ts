import { type FSWatcher, watch } from 'node:fs';
import type { Bundle } from './bundle.js';
import type { Output } from './output.js';

/**
 * Watches a bundle until the runtime has told the pid of the container's first process, or the run has ended without.
 * Made before the monitor is let go, so that nothing is missed.
 */
export class StartWatch {
  readonly #watcher: FSWatcher;

  constructor(private readonly bundle: Bundle) {
    this.#watcher = watch(bundle.path);
  }

  async pid(output: Output): Promise<number | undefined> {
    let look = (): void => {};
    const told = new Promise<number>((resolve) => {
      look = () => {
        const pid = this.bundle.pid();
        if (pid) resolve(pid);
      };
    });
    this.#watcher.on('change', look);
    this.#watcher.on('error', look);
    look();
    const pid = await Promise.race([told, output.finished.then(() => undefined)]);
    return pid ?? this.bundle.pid();
  }

  close(): void {
    this.#watcher.close();
  }
}
