import type { Login, Service } from '../../../kernel/index.js';
import { Distribution, Graph, TagStore } from '../../image/index.js';
import { Config, Database, Events, Log } from '../../system/index.js';
import type { Pulled, Registries, SearchResult, TransferOptions } from '../contracts/index.js';
import type { TransferParts, Transfers } from '../transfers/index.js';

type Asking = Omit<TransferOptions, 'progress'>;

/** Loads the code for transfers when it is first needed: every `run` has this service, and most transfer nothing. */
export class LazyRegistries implements Registries, Service {
  readonly #parts: TransferParts;
  #loading: Promise<Transfers> | undefined;

  constructor(
    @Config config: Config,
    @Database database: Database,
    @Events events: Events,
    @Log log: Log,
    @Graph graph: Graph,
    @TagStore tags: TagStore,
    @Distribution distribution: Distribution,
  ) {
    this.#parts = { config, database, events, log, graph, tags, distribution };
  }

  async onStop(): Promise<void> {
    (await this.#loading)?.stop();
  }

  async pull(reference: string, options: TransferOptions & { readonly platform?: string }): Promise<Pulled> {
    return (await this.#loaded()).pull(reference, options);
  }

  async tags(repository: string, options: Asking): Promise<readonly string[]> {
    return (await this.#loaded()).tags(repository, options);
  }

  async push(reference: string, options: TransferOptions): Promise<{ readonly digest: string; readonly size: number }> {
    return (await this.#loaded()).push(reference, options);
  }

  async checkLogin(registry: string, login: Login, signal: AbortSignal): Promise<Login> {
    return (await this.#loaded()).checkLogin(registry, login, signal);
  }

  async search(term: string, limit: number, options: Asking): Promise<readonly SearchResult[]> {
    return (await this.#loaded()).search(term, limit, options);
  }

  #loaded(): Promise<Transfers> {
    this.#loading ??= import('../transfers/index.js').then(({ Transfers }) => new Transfers(this.#parts));
    return this.#loading;
  }
}
