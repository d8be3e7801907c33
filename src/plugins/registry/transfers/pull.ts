import { GantryError, parseUntrustedJson } from '../../../kernel/index.js';
import {
  canonicalName,
  type Descriptor,
  type Distribution,
  familiarReference,
  fits,
  type Graph,
  type Image,
  type Platform,
  platformText,
  type Reference,
  type StagedLayer,
  type TagStore,
} from '../../image/index.js';
import type { Database } from '../../system/index.js';
import type { BlobStore } from '../blobs/index.js';
import type { Pulled, TransferProgress } from '../contracts/index.js';
import {
  choosePlatform,
  Download,
  type FetchedManifest,
  type Manifest,
  parseManifest,
  type Repository,
} from '../distribution/index.js';
import { inParallel } from './in-parallel.js';
import type { LayerForms } from './layer-forms.js';

const LAYERS_AT_ONCE = 4;
/** A list may contain lists; lists in use do so at most once. */
const MAX_DEPTH = 2;
/** How often a layer is taken over from another pull that gave it up. */
const MAX_TAKEOVERS = 10;

export interface PullContext {
  readonly graph: Graph;
  readonly tags: TagStore;
  readonly distribution: Distribution;
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly forms: LayerForms;
}

/** How often, and how, a layer has been tried. */
interface Attempt {
  /** Unpacked from its blob although it is here. */
  anew: boolean;
  /** From the blob's first byte on, after a resumed download has failed. */
  isSecond: boolean;
  takeovers: number;
  /** Set where the last attempt did the work itself. */
  download?: Download | undefined;
}

type ImageManifest = Extract<Manifest, { kind: 'image' }>;

interface ResolvedManifest extends FetchedManifest {
  readonly manifest: ImageManifest;
}

/** One pull of one image. */
export class Pull {
  readonly #name: string;

  /** @param failed cancels the other parts of the transfer when one fails */
  constructor(
    private readonly context: PullContext,
    private readonly repository: Repository,
    private readonly reference: Reference,
    private readonly platform: Platform,
    private readonly progress: TransferProgress,
    private readonly failed: (error: unknown) => void,
  ) {
    this.#name = familiarReference(reference);
  }

  async run(): Promise<Pulled> {
    const wantedName = this.reference.digest ?? this.reference.tag ?? 'latest';
    const said = this.#mayBeHere() ? await this.repository.manifestDigest(wantedName) : undefined;
    const isHere = said === undefined ? undefined : this.#findByDigest(said);
    if (isHere && said !== undefined) return this.#tagged(isHere, said);
    const top = await this.repository.manifest(wantedName);
    const known = this.#findByDigest(top.digest);
    if (known) return this.#tagged(known, top.digest);
    const chain = await this.#resolve(top);
    const wanted = chain.at(-1) as ResolvedManifest;
    const image = await this.#image(wanted);
    this.context.database.transaction(
      () => {
        for (const fetched of chain) this.#recordManifest(image.id, fetched, fetched.digest === top.digest);
        this.#recordBlobs(wanted.manifest, image.diffIds);
        // A name that follows is synced, and this with it; a digest is all the name that there is.
      },
      { durable: this.reference.digest !== undefined },
    );
    for (const { digest } of wanted.manifest.layers) this.context.blobs.commit(digest);
    return this.#tagged(image, top.digest, wanted.digest);
  }

  /** Whether to ask for the digest alone first: registries count requests for manifests, and these not. */
  #mayBeHere(): boolean {
    return this.context.tags.lookup(familiarReference(this.reference)) !== undefined;
  }

  /** The image that is recorded for this digest of the repository, if it is for the platform. */
  #findByDigest(digest: string): Image | undefined {
    const { graph, tags } = this.context;
    const id = tags.lookup(`${canonicalName(this.reference)}@${digest}`);
    const image = id === undefined ? undefined : graph.list().find((one) => one.id === id);
    const isIt =
      image && isWhole(graph, image) && fits({ os: 'linux', architecture: image.architecture }, this.platform);
    return isIt && this.platform.variant === undefined ? image : undefined;
  }

  /** @param manifest digest of the image's own, where it has been fetched */
  #tagged(image: Image, digest: string, manifest?: string): Pulled {
    const { tags } = this.context;
    const isNew = tags.lookup(familiarReference(this.reference)) !== image.id;
    if (isNew && !this.reference.digest) tags.set(familiarReference(this.reference), image.id, manifest);
    return { image, digest, isNew };
  }

  /** Follows lists of images to the manifest for the platform. @returns all manifests on the way */
  async #resolve(top: FetchedManifest): Promise<readonly FetchedManifest[]> {
    const chain = [top];
    for (let fetched = top; ; ) {
      const manifest = parseManifest(fetched.bytes, fetched.contentType, this.#name);
      if (manifest.kind === 'image') return [...chain.slice(0, -1), { ...fetched, manifest } as ResolvedManifest];
      if (chain.length > MAX_DEPTH) throw this.#invalid('its list of images holds lists again and again');
      const entry = choosePlatform(manifest.manifests, this.platform, this.#name);
      if (chain.some(({ digest }) => digest === entry.digest)) throw this.#invalid('its list of images holds itself');
      fetched = await this.repository.manifest(entry.digest);
      if (fetched.bytes.length !== entry.size) throw this.#invalid('its list of images names another size');
      chain.push(fetched);
    }
  }

  async #image({ manifest }: ResolvedManifest): Promise<Image> {
    const { graph } = this.context;
    const config = await this.repository.document(manifest.config, `the configuration of ${this.#name}`);
    const diffIds = this.#diffIdsOf(config);
    if (diffIds.length !== manifest.layers.length) throw this.#invalid('its configuration is not that of its layers');
    const layers = manifest.layers.map((layer, index) => ({ layer, diffId: diffIds[index] ?? '' }));
    for (const { layer } of layers) this.progress.layer(shortDigest(layer), 'Pulling fs layer', 0, layer.size);
    const { results, failure } = await inParallel(
      layers,
      LAYERS_AT_ONCE,
      ({ layer, diffId }) => this.#layer(layer, diffId),
      this.failed,
    );
    try {
      if (failure !== undefined) throw failure;
      return await graph.createFromConfig(config, results, { event: 'pull', name: this.#name });
    } finally {
      for (const layer of results) layer?.release();
    }
  }

  /** A layer, from disk if it is there and known to be what the blob unpacks to, else from the registry. */
  async #layer(layer: Descriptor, diffId: string): Promise<StagedLayer> {
    const id = shortDigest(layer);
    const attempt: Attempt = { anew: false, isSecond: false, takeovers: 0 };
    for (;;) {
      const staged = await this.#tryLayer(layer, diffId, attempt);
      if (!staged) continue;
      this.progress.layer(id, attempt.download ? 'Pull complete' : 'Already exists', layer.size, layer.size);
      return staged;
    }
  }

  /** @returns undefined where it has to be tried again, as `attempt` says then */
  async #tryLayer(layer: Descriptor, diffId: string, attempt: Attempt): Promise<StagedLayer | undefined> {
    const { graph, blobs, forms } = this.context;
    const id = shortDigest(layer);
    const open = () => {
      attempt.download = new Download(this.repository, blobs, layer, (bytes) => {
        this.progress.layer(id, 'Downloading', bytes, layer.size);
      });
      return attempt.download.stream();
    };
    try {
      const staged = await graph.layerFrom(diffId, open, { anew: attempt.anew });
      await attempt.download?.end();
      if (attempt.download) forms.prove(diffId, layer.digest);
      if (attempt.anew || forms.isProven(diffId, layer.digest)) return staged;
      staged.release();
      attempt.anew = true;
    } catch (error) {
      const mayDiffer = (await attempt.download?.end(error)) ?? false;
      this.repository.session.signal.throwIfAborted();
      if (mayDiffer && !attempt.isSecond) attempt.isSecond = true;
      // Another pull of this layer has failed or was cancelled: this one continues.
      else if (attempt.download || ++attempt.takeovers > MAX_TAKEOVERS) throw this.#withLayerName(id, error);
    }
    attempt.download = undefined;
    return undefined;
  }

  /** Adds layer and image to an error of the unpacker, which does not name them. */
  #withLayerName(layer: string, error: unknown): unknown {
    const { host } = this.repository.session;
    if (!(error instanceof GantryError) || error.message.includes(host)) return error;
    return new GantryError(error.kind, `layer ${layer} of ${this.#name} from ${host}: ${error.message}`, {
      cause: error,
    });
  }

  #diffIdsOf(config: Buffer): readonly string[] {
    try {
      const { os, architecture, rootfs } = parseUntrustedJson(config) as {
        readonly os?: string;
        readonly architecture?: string;
        readonly rootfs: { readonly diff_ids: readonly string[] };
      };
      const offered = { os: os || 'linux', architecture: architecture || this.platform.architecture };
      if (!fits(offered, this.platform)) {
        const [has, wants] = [platformText(offered), platformText(this.platform)];
        throw new GantryError('not found', `${this.#name} is for ${has}, and ${wants} was asked for`, {
          hint: `Pull it with --platform ${has} if that is what you want`,
        });
      }
      if (Array.isArray(rootfs.diff_ids)) return rootfs.diff_ids;
    } catch (error) {
      if (error instanceof GantryError) throw error;
    }
    throw this.#invalid('its configuration is none of a container image');
  }

  #recordManifest(imageId: string, { digest, bytes, contentType }: FetchedManifest, isName: boolean): void {
    const { mediaType } = parseManifest(bytes, contentType, this.#name);
    const stored = { repository: canonicalName(this.reference), digest, mediaType, bytes };
    this.context.distribution.recordManifest(imageId, stored, { isName });
  }

  #recordBlobs({ layers }: ImageManifest, diffIds: readonly string[]): void {
    for (const [index, { digest, size, mediaType }] of layers.entries()) {
      const blob = { diffId: diffIds[index] ?? '', digest, size, mediaType };
      this.context.distribution.recordBlob({ ...blob, repository: canonicalName(this.reference) });
    }
  }

  #invalid(why: string): GantryError {
    return new GantryError('invalid', `${this.#name} from ${this.repository.session.host} cannot be used: ${why}`);
  }
}

export function shortDigest({ digest }: Pick<Descriptor, 'digest'>): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12);
}

/** Whether all its layers are on disk. */
function isWhole(graph: Graph, { diffIds }: Image): boolean {
  return diffIds.every((diffId) => {
    const layer = graph.keepLayer(diffId);
    layer?.release();
    return layer !== undefined;
  });
}
