import { UnpackWorker, type WorkerFolders } from './worker.js';

/** Idle workers are kept, because an image has many small layers, and a start takes longer than one of them. */
const IDLE_MS = 1000;

/** Unpack workers, each of which is used for one archive after another. */
export class WorkerPool {
  readonly #idle = new Map<UnpackWorker, NodeJS.Timeout>();

  /** @param folders the folders in which workers fill folders */
  constructor(private readonly folders: () => WorkerFolders) {}

  /** Runs `work` with a worker. A worker that has failed is not used again. */
  async with<T>(work: (unpacker: UnpackWorker) => Promise<T>): Promise<T> {
    const unpacker = this.#takeIdle() ?? (await UnpackWorker.start(this.folders()));
    const result = await work(unpacker);
    unpacker.unref();
    this.#idle.set(unpacker, setTimeout(() => this.#end(unpacker), IDLE_MS).unref());
    return result;
  }

  close(): void {
    for (const unpacker of this.#idle.keys()) this.#end(unpacker);
  }

  #takeIdle(): UnpackWorker | undefined {
    const unpacker = [...this.#idle.keys()].findLast(({ isAlive }) => isAlive);
    if (!unpacker) return undefined;
    clearTimeout(this.#idle.get(unpacker));
    this.#idle.delete(unpacker);
    unpacker.ref();
    return unpacker;
  }

  #end(unpacker: UnpackWorker): void {
    clearTimeout(this.#idle.get(unpacker));
    this.#idle.delete(unpacker);
    unpacker.kill();
  }
}
