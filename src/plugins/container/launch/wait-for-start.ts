import { type FSWatcher, watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasExecuted } from '../../../host/index.js';
import type { OutputSink } from '../contracts/index.js';
import type { Bundle } from '../host/index.js';
import type { OutputPump } from '../logs/index.js';

const POLL_MS = 10;
/** A process that is stopped meanwhile runs its program later. */
const EXEC_PATIENCE_MS = 1000;

/**
 * Watches a bundle until the container's first process runs its program, or the run has ended without one. Create it before
 * the monitor is released, so that no change is missed.
 */
export class PidFileWatcher implements Disposable {
  readonly #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly bundle: Bundle) {
    this.#watcher = watchIfPossible(bundle.path);
  }

  async waitForPid(output: OutputPump): Promise<number | undefined> {
    let look = (): void => {};
    const written = new Promise<number>((resolve) => {
      look = () => {
        try {
          const pid = this.bundle.pid();
          if (pid) resolve(pid);
        } catch {
          // Out of descriptors or memory for a moment: no other change may come.
          this.#timer ??= setInterval(look, POLL_MS);
        }
      };
    });
    if (this.#watcher) this.#watcher.on('change', look).on('error', look);
    else this.#timer ??= setInterval(look, POLL_MS);
    look();
    const pid = (await Promise.race([written, output.finished.then(() => undefined)])) ?? this.bundle.pid();
    if (pid !== undefined) await untilExecuted(pid);
    return pid;
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
    clearInterval(this.#timer);
  }
}

/** The runtime writes the pid a moment before its first process becomes the container's program. */
async function untilExecuted(pid: number): Promise<void> {
  const deadline = performance.now() + EXEC_PATIENCE_MS;
  while (!hasExecuted(pid) && performance.now() < deadline) await sleep(1);
}

/** The host's inotify watches may be used up, or the folder removed with its run. */
function watchIfPossible(path: string): FSWatcher | undefined {
  try {
    return watch(path);
  } catch {
    return undefined;
  }
}

/** A sink that accepts nothing until it is released: earlier output waits in the log. */
export function bufferUntilStarted(sink: OutputSink): { readonly sink: OutputSink; release(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isReleased = false;
  return {
    sink: (stream, chunk, time) =>
      isReleased ? sink(stream, chunk, time) : promise.then(() => sink(stream, chunk, time)),
    release: () => {
      isReleased = true;
      resolve();
    },
  };
}
