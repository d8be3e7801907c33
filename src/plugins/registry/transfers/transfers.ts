import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GantryError, type Login } from '../../../kernel/index.js';
import {
  type Distribution,
  type Graph,
  hostPlatform,
  parsePlatform,
  parseReference,
  type Reference,
  type TagStore,
  withDefaultTag,
} from '../../image/index.js';
import type { Config, Database, Events, Log, RegistrySettings } from '../../system/index.js';
import { BlobStore } from '../blobs/index.js';
import type { Pulled, Registries, SearchResult, TransferOptions } from '../contracts/index.js';
import { domainOf, hostOf, isHub, Repository, search } from '../distribution/index.js';
import { Routes, Session } from '../http/index.js';
import { LayerForms } from './layer-forms.js';
import { localImage } from './local-image.js';
import { type Mirror, Mirrors } from './mirrors.js';
import { Pull, type PullContext } from './pull.js';
import { Push } from './push.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_SETTINGS: RegistrySettings = {
  insecure: [],
  mirrors: [],
  certificates: ['/etc/docker/certs.d'],
  proxy: {},
  stall: 30_000,
};

/** Services that transfers need. */
export interface TransferParts {
  readonly config: Config;
  readonly database: Database;
  readonly events: Events;
  readonly log: Log;
  readonly graph: Graph;
  readonly tags: TagStore;
  readonly distribution: Distribution;
}

/** Images to and from registries of the OCI distribution specification. */
export class Transfers implements Registries {
  readonly #routes: Routes;
  readonly #mirrors: Mirrors;
  readonly #blobs: BlobStore;
  readonly #forms: LayerForms;
  readonly #scratch: string;

  constructor(private readonly parts: TransferParts) {
    const { config } = parts;
    this.#routes = new Routes(config.registries ?? DEFAULT_SETTINGS);
    this.#mirrors = new Mirrors(this.#routes.settings.mirrors);
    this.#blobs = new BlobStore(config.root);
    this.#forms = new LayerForms(parts.distribution);
    this.#scratch = join(config.root, 'push');
  }

  /** Also deletes what transfers of a day ago have left: a daemon may run for months. */
  #prepare(): void {
    this.#blobs.prepare();
    mkdirSync(this.#scratch, { recursive: true, mode: 0o700 });
    for (const file of readdirSync(this.#scratch).map((name) => join(this.#scratch, name))) {
      if (Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > DAY_MS)
        rmSync(file, { force: true });
    }
  }

  stop(): void {
    this.#routes.close();
  }

  async pull(name: string, options: TransferOptions & { readonly platform?: string }): Promise<Pulled> {
    const reference = withDefaultTag(parseReference(name));
    this.#prepare();
    const platform = options.platform ? parsePlatform(options.platform) : hostPlatform();
    return this.#tryMirrors(reference, options, (repository, failed) => {
      return new Pull(this.#context, repository, reference, platform, options.progress, failed).run();
    });
  }

  async tags(name: string, options: Omit<TransferOptions, 'progress'>): Promise<readonly string[]> {
    const reference = parseReference(name);
    const tags = await this.#tryMirrors(reference, options, (repository) => repository.tags());
    return [...tags].sort();
  }

  async push(name: string, options: TransferOptions): Promise<{ readonly digest: string; readonly size: number }> {
    const reference = withDefaultTag(parseReference(name));
    if (reference.digest) throw new GantryError('usage', 'cannot push a digest reference');
    const image = this.parts.graph.get(localImage(this.parts.tags, reference));
    this.#prepare();
    return abortTogether(options.signal, (signal, failed) => {
      const repository = new Repository(this.#session(hostOf(reference.domain), options.login, signal), reference);
      const place = { ...this.#context, events: this.parts.events, scratch: this.#scratch };
      return new Push(place, repository, reference, image, options.progress, failed).run();
    });
  }

  async checkLogin(registry: string, login: Login, signal: AbortSignal): Promise<Login> {
    const session = this.#session(hostOf(domainOf(registry)), async () => login, signal);
    const identityToken = await session.logIn();
    return identityToken === undefined ? login : { ...login, password: '', identityToken };
  }

  search(term: string, limit: number, options: Omit<TransferOptions, 'progress'>): Promise<readonly SearchResult[]> {
    return search(term, limit, (host) => this.#session(host, options.login, options.signal));
  }

  get #context(): PullContext {
    return { ...this.parts, blobs: this.#blobs, forms: this.#forms };
  }

  /** Tries the mirrors of Docker Hub first. After any failure of a mirror the Hub itself is asked. */
  async #tryMirrors<T>(
    reference: Reference,
    { login, signal }: Omit<TransferOptions, 'progress'>,
    work: (repository: Repository, failed: (error: unknown) => void) => Promise<T>,
  ): Promise<T> {
    const mirrors = isHub(reference.domain) ? this.#mirrors.usable() : [];
    const at = (session: (inner: AbortSignal) => Session): Promise<T> =>
      abortTogether(signal, (inner, failed) => work(new Repository(session(inner), reference), failed));
    for (const mirror of mirrors) {
      try {
        return await at((inner) => this.#session(mirror.host, async () => undefined, inner, mirror));
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof GantryError)) throw error;
        this.#mirrors.failed(mirror, error);
        this.parts.log.info(`mirror ${mirror.host}: ${error.message}`);
      }
    }
    return at((inner) => this.#session(hostOf(reference.domain), login, inner));
  }

  #session(host: string, login: () => Promise<Login | undefined>, signal: AbortSignal, mirror?: Mirror): Session {
    return new Session(this.#routes, host, login, signal, mirror && { scheme: mirror.scheme, isOnce: true });
  }
}

/** Runs work whose parts are all cancelled by the first failure of one of them. */
async function abortTogether<T>(
  outer: AbortSignal,
  work: (signal: AbortSignal, failed: (error: unknown) => void) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  try {
    return await work(AbortSignal.any([outer, own.signal]), (error) => own.abort(error));
  } catch (error) {
    if (outer.aborted) throw new GantryError('unavailable', 'the client has gone');
    throw own.signal.aborted ? own.signal.reason : error;
  }
}
