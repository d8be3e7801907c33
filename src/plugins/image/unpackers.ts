import { type UnpackerFolders, UnpackerProcess } from './unpacker-process.js';

/** An image has many small layers, and a start takes longer than one of them. */
const IDLE_MS = 1000;

/** Unpackers, each of which takes one archive after another while there are some. */
export class Unpackers {
  readonly #idle = new Map<UnpackerProcess, NodeJS.Timeout>();

  /** @param folders what they fill lies in */
  constructor(private readonly folders: () => UnpackerFolders) {}

  /** Lends one out. One that has failed is given back to nobody. */
  async with<T>(work: (unpacker: UnpackerProcess) => Promise<T>): Promise<T> {
    const unpacker = this.#waiting() ?? new UnpackerProcess(this.folders());
    const result = await work(unpacker);
    unpacker.rest();
    this.#idle.set(unpacker, setTimeout(() => this.#end(unpacker), IDLE_MS).unref());
    return result;
  }

  close(): void {
    for (const unpacker of this.#idle.keys()) this.#end(unpacker);
  }

  #waiting(): UnpackerProcess | undefined {
    const unpacker = [...this.#idle.keys()].findLast(({ isAlive }) => isAlive);
    if (!unpacker) return undefined;
    clearTimeout(this.#idle.get(unpacker));
    this.#idle.delete(unpacker);
    unpacker.wake();
    return unpacker;
  }

  #end(unpacker: UnpackerProcess): void {
    clearTimeout(this.#idle.get(unpacker));
    this.#idle.delete(unpacker);
    unpacker.kill();
  }
}
