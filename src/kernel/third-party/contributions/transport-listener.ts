import { GantryError } from '../../contracts/index.js';
import type { PluginLoader } from '../loader/index.js';
import type { PluginVersion } from '../process/index.js';

/** How long after a failure the next attempt is made: the process that died, or was replaced, may hold the address. */
const PAUSE_MS = 1000;

/** Keeps a plugin's transport listening on an address, in whatever version and process. */
export class TransportListener {
  /** The version that was asked last; a new object for each of its processes. */
  #listening: { readonly version: PluginVersion } | undefined;
  #attempt: NodeJS.Timeout | undefined;

  constructor(
    private readonly loader: PluginLoader,
    private readonly scheme: string,
    private readonly address: string,
    private readonly log: (message: string) => void,
  ) {}

  /** @throws GantryError `invalid` where no plugin brings the scheme, and what the plugin throws */
  async start(): Promise<void> {
    await this.#listen();
    this.loader.onChange(() => {
      if (this.#version() !== this.#listening?.version) this.#soon(0);
    });
  }

  #version(): PluginVersion | undefined {
    return this.loader.active.find(({ version }) => version.manifest.transports.includes(this.scheme))?.version;
  }

  async #listen(): Promise<void> {
    const version = this.#version();
    if (!version) throw new GantryError('invalid', `no plugin brings the transport ${this.scheme}://`);
    const { ended } = await version.listen(this.scheme, this.address);
    const listening = { version };
    this.#listening = listening;
    void ended.then(() => {
      if (this.#listening === listening && this.#version() === version) this.#soon(PAUSE_MS);
    });
  }

  #soon(pause: number): void {
    clearTimeout(this.#attempt);
    const attempt = (): void =>
      void this.#listen().catch((error: unknown) => {
        this.log(`${this.scheme}://${this.address}: ${error instanceof Error ? error.message : error}`);
        if (this.#version()) this.#soon(PAUSE_MS);
      });
    this.#attempt = setTimeout(attempt, pause).unref();
  }
}
