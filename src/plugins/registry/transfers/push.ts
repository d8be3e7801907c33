import { type FileHandle, open } from 'node:fs/promises';
import {
  canonicalName,
  type Descriptor,
  digestOf,
  familiarReference,
  type Image,
  OCI_CONFIG,
  OCI_LAYER,
  OCI_LAYER_GZIP,
  OCI_MANIFEST,
  parseReference,
  type Reference,
  type StoredManifest,
} from '../../image/index.js';
import type { Events } from '../../system/index.js';
import { type CompressedLayer, compressLayer } from '../blobs/index.js';
import type { TransferProgress } from '../contracts/index.js';
import {
  bytesSource,
  fileSource,
  type Manifest,
  parseManifest,
  type Repository,
  uploadBlob,
} from '../distribution/index.js';
import { inParallel } from './in-parallel.js';
import { type PullContext, shortDigest } from './pull.js';

const LAYERS_AT_ONCE = 4;
const DOCKER_LAYER = /^application\/vnd\.docker\.image\.rootfs\.(?:foreign\.)?diff\.tar(?:\.(\w+))?$/;

interface PushContext extends PullContext {
  readonly events: Events;
  /** Folder for files that exist while they are sent. */
  readonly scratch: string;
}

type ImageManifest = Extract<Manifest, { kind: 'image' }>;
type Sent = Pick<StoredManifest, 'digest' | 'mediaType' | 'bytes'> & { readonly layers: readonly Descriptor[] };

/** One push of one image. */
export class Push {
  readonly #target: string;

  /** @param failed cancels the other parts of the transfer when one fails */
  constructor(
    private readonly context: PushContext,
    private readonly repository: Repository,
    private readonly reference: Reference,
    private readonly image: Image,
    private readonly progress: TransferProgress,
    private readonly failed: (error: unknown) => void,
  ) {
    this.#target = canonicalName(reference);
  }

  async run(): Promise<{ readonly digest: string; readonly size: number }> {
    const { distribution, database, events } = this.context;
    const stored = this.#storedManifest();
    const sent = await this.#send(stored);
    const tag = this.reference.tag ?? 'latest';
    await this.repository.putManifest(tag, sent.mediaType, sent.bytes);
    database.transaction(() => {
      distribution.recordManifest(this.image.id, { ...sent, repository: this.#target });
      for (const [index, { digest, size, mediaType }] of sent.layers.entries()) {
        const diffId = this.image.diffIds[index] ?? '';
        distribution.recordBlob({ diffId, digest, size, mediaType, repository: this.#target });
      }
      const name = `${this.repository.name}:${tag}`;
      events.emit('image', 'push', this.image.id, { ...this.image.config.Labels, name });
    });
    for (const { digest } of sent.layers) this.context.blobs.commit(digest);
    return { digest: sent.digest, size: sent.bytes.length };
  }

  /** A manifest that the image was pulled or pushed with, and whose layers are available: that of the name first, then the target's own. */
  #storedManifest(): (StoredManifest & { readonly manifest: ImageManifest }) | undefined {
    const { distribution } = this.context;
    const candidates = distribution.manifestsOf(this.image.id).flatMap((stored) => {
      const manifest = parseManifest(stored.bytes, stored.mediaType, this.repository.name);
      return manifest.kind === 'image' && manifest.config.digest === this.image.id ? [{ ...stored, manifest }] : [];
    });
    const usable = candidates.filter(({ manifest }) =>
      manifest.layers.every((layer, index) => this.#isAvailable(layer, index)),
    );
    const ofName = this.context.tags.manifestOf(familiarReference(this.reference));
    return (
      usable.find(({ digest }) => digest === ofName) ??
      usable.find(({ repository }) => repository === this.#target) ??
      usable[0]
    );
  }

  #isAvailable({ digest }: Descriptor, index: number): boolean {
    if (this.context.blobs.has(digest)) return true;
    return this.#knownBlobs(index).some((blob) => blob.digest === digest);
  }

  /** The blobs of the layer that this registry has, in any repository. */
  #knownBlobs(index: number): readonly (Descriptor & { readonly path: string })[] {
    return this.context.distribution.blobsOf(this.image.diffIds[index] ?? '').flatMap((blob) => {
      const { domain, path } = parseReference(blob.repository);
      return domain === this.reference.domain ? [{ ...blob, path }] : [];
    });
  }

  /** Layers, then the configuration. @returns the manifest to send: the stored one, unless a layer could be had in another form only */
  async #send(stored: (StoredManifest & { readonly manifest: ImageManifest }) | undefined): Promise<Sent> {
    const wanted = stored?.manifest.layers;
    const layers = await this.#layers(this.image.diffIds, (_, index) => this.#ensureLayer(index, wanted?.[index]));
    const config = this.context.graph.configBytes(this.image.id);
    await this.#config(this.image.id);
    if (stored && layers.every(({ digest }, index) => digest === wanted?.[index]?.digest)) {
      return { digest: stored.digest, mediaType: stored.mediaType, bytes: stored.bytes, layers };
    }
    const document = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: { mediaType: OCI_CONFIG, digest: this.image.id, size: config.length },
      layers: layers.map(({ mediaType, digest, size }) => ({ mediaType: ociLayerType(mediaType), digest, size })),
    };
    const bytes = Buffer.from(JSON.stringify(document));
    return { digest: digestOf(bytes), mediaType: OCI_MANIFEST, bytes, layers };
  }

  async #layers<T>(
    items: readonly T[],
    work: (item: T, index: number) => Promise<Descriptor>,
  ): Promise<readonly Descriptor[]> {
    for (const diffId of this.image.diffIds) this.progress.layer(shortDigest({ digest: diffId }), 'Preparing');
    const { results, failure } = await inParallel(items, LAYERS_AT_ONCE, work, this.failed);
    if (failure !== undefined) throw failure;
    return results;
  }

  async #config(digest: string): Promise<void> {
    if (await this.repository.hasBlob(digest)) return;
    const bytes = this.context.graph.configBytes(this.image.id);
    await uploadBlob(this.repository, bytesSource(bytes, digest), undefined, () => {});
  }

  /**
   * Makes sure that the repository has a layer: it has it already, mounts it from another repository, or gets it sent.
   * @param wanted the blob that it has to be; undefined: any blob of the layer
   */
  async #ensureLayer(index: number, wanted?: Descriptor): Promise<Descriptor> {
    const id = shortDigest({ digest: this.image.diffIds[index] ?? '' });
    const seen = this.#knownBlobs(index).filter(({ digest }) => wanted === undefined || digest === wanted.digest);
    const forms = wanted ? [wanted] : seen;
    for (const form of forms) {
      if (!(await this.repository.hasBlob(form.digest))) continue;
      this.progress.layer(id, 'Layer already exists');
      return form;
    }
    let begun: URL | undefined;
    for (const { path, ...form } of seen.filter((other) => other.path !== this.reference.path)) {
      begun = await this.repository.startUpload({ digest: form.digest, from: path });
      if (begun !== undefined) break;
      this.progress.layer(id, `Mounted from ${path}`);
      return form;
    }
    return this.#sendLayer(index, id, wanted ?? this.#storedBlob(index), begun);
  }

  /** The blob that was pulled, if it is still on disk. */
  #storedBlob(index: number): Descriptor | undefined {
    const forms = this.context.distribution.blobsOf(this.image.diffIds[index] ?? '');
    return forms.find(({ digest }) => this.context.blobs.has(digest));
  }

  /** @returns its form: another one than `wanted` where that is no longer to be had */
  async #sendLayer(
    index: number,
    id: string,
    wanted: Descriptor | undefined,
    begun: URL | undefined,
  ): Promise<Descriptor> {
    const kept = wanted && (await this.context.blobs.open(wanted.digest));
    if (wanted && kept !== undefined) {
      await this.#upload(kept, wanted, id, begun);
      return wanted;
    }
    const layer = await this.#compressed(index);
    try {
      const form = { mediaType: OCI_LAYER_GZIP, digest: layer.digest, size: layer.size };
      const isWanted = wanted?.digest === form.digest;
      if (!isWanted && (await this.repository.hasBlob(form.digest))) this.progress.layer(id, 'Layer already exists');
      else await this.#upload(await open(layer.file), form, id, begun);
      // The next registry gets it, too, and with the same digest.
      await this.context.blobs.adopt(layer.file, form.digest);
      return isWanted ? wanted : form;
    } finally {
      layer.remove();
    }
  }

  /** @param file is closed */
  async #upload(file: FileHandle, { digest, size }: Descriptor, id: string, begun: URL | undefined): Promise<void> {
    await using source = file;
    await uploadBlob(this.repository, fileSource(source, digest, size), begun, (bytes) => {
      this.progress.layer(id, 'Pushing', bytes, size);
    });
    this.progress.layer(id, 'Pushed', size, size);
  }

  #compressed(index: number): Promise<CompressedLayer> {
    const archive = this.context.graph.layerArchive(this.image.diffIds[index] ?? '');
    return compressLayer(archive, this.context.scratch, this.repository.session.signal);
  }
}

/** The type that an OCI manifest has to name for a layer, which may have come under one of Docker's. */
function ociLayerType(mediaType: string): string {
  const [isDockers, compression] = DOCKER_LAYER.exec(mediaType) ?? [];
  if (isDockers === undefined) return mediaType;
  return compression === undefined ? OCI_LAYER : `${OCI_LAYER}+${compression}`;
}
