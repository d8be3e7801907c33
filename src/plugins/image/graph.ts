import { Readable } from 'node:stream';
import { GantryError, type Service } from '../../kernel/index.js';
import { Config, Database, Events, isDiskNearlyFull, Log, type Removed } from '../system/index.js';
import { toBytes } from './bytes.js';
import { changes } from './changes.js';
import type { Change, Graph, Image, ImageConfig, RootFilesystem, StagedLayer, StorageChoice } from './contracts.js';
import { TagStore } from './contracts.js';
import { CopiedRoot, copiedAt } from './copied-root.js';
import { findImage } from './find-image.js';
import { composeDocument, digestOf, parseDocument } from './image-config.js';
import { checkedDocument } from './image-document.js';
import { KeptBlobs } from './kept-blobs.js';
import { layerArchive, layerArchiveSize } from './layer-archive.js';
import { LayerStage, type StageOptions } from './layer-stage.js';
import { LayerStore } from './layer-store.js';
import { layerChunks } from './layer-tar.js';
import { OverlayRoot } from './overlay.js';
import { RemovedImages } from './removed-images.js';
import { shortId } from './short-id.js';
import { chooseStorage } from './storage-driver.js';
import { ImageRecords } from './tokens.js';
import { upperTree } from './upper-tree.js';
import { isOpaque } from './whiteouts.js';

interface CreateDetail {
  readonly comment?: string;
  readonly config?: ImageConfig;
  readonly parent?: string;
  readonly author?: string;
  readonly createdBy?: string;
  readonly progress?: (bytes: number) => void;
}

/**
 * What was acknowledged survives a power cut. Layers are on disk before their rows are, and rows of removed images are
 * gone from the disk before their layers are.
 */
const DURABLE = { durable: true };

/** Images whose layers are folders in overlayfs's form. */
export class LayeredGraph implements Graph, Service {
  readonly #layers: LayerStore;
  readonly #stage: LayerStage;
  readonly #removed: RemovedImages;
  readonly #blobs: KeptBlobs;
  #storage: StorageChoice | undefined;

  constructor(
    @Config private readonly config: Config,
    @Database private readonly database: Database,
    @ImageRecords private readonly records: ImageRecords,
    @TagStore private readonly tags: TagStore,
    @Events private readonly events: Events,
    @Log private readonly log: Log,
  ) {
    this.#layers = new LayerStore(config.root, config.maxLayerBytes);
    this.#removed = new RemovedImages(database);
    this.#blobs = new KeptBlobs(config.root, database);
    this.#stage = new LayerStage(this.#layers, records, database, (diffId) => this.#sweepLayers([diffId]));
  }

  async onStart(): Promise<void> {
    this.#layers.prepare();
    this.#sweep();
  }

  async onStop(): Promise<void> {
    this.#layers.close();
  }

  get(reference: string): Image {
    return findImage(this.records, this.tags, reference);
  }

  list(): readonly Image[] {
    return this.records.list();
  }

  async create(archive: Readable, detail: CreateDetail): Promise<Image> {
    if (detail.parent) this.#known(detail.parent);
    const layer = await this.#stage.from(undefined, () => archive, detail);
    try {
      await this.#layers.sync();
      return this.#known(this.database.transaction(() => this.#record(layer, detail), DURABLE));
    } finally {
      layer.release();
    }
  }

  layerFrom(
    diffId: string | undefined,
    open: () => Readable | Promise<Readable>,
    detail: StageOptions = {},
  ): Promise<StagedLayer> {
    return this.#stage.from(diffId, open, detail);
  }

  keepLayer(diffId: string): StagedLayer | undefined {
    return this.#stage.keep(diffId);
  }

  async createFromConfig(
    config: Uint8Array,
    layers: readonly StagedLayer[],
    { event, name }: { readonly event: string; readonly name: string },
  ): Promise<Image> {
    const document = checkedDocument(config);
    const wanted = document.rootfs.diff_ids;
    if (wanted.length !== layers.length || layers.some(({ diffId }, index) => diffId !== wanted[index])) {
      throw new GantryError('invalid', "the image's layers are not those that its configuration names");
    }
    const id = digestOf(config);
    await this.#layers.sync();
    this.database.transaction(() => {
      this.records.addBytes(config, document, '', layers);
      this.events.emit('image', event, id, { ...document.config?.Labels, name });
    }, DURABLE);
    return this.#known(id);
  }

  configBytes(imageId: string): Uint8Array {
    const bytes = this.records.configBytes(imageId);
    if (!bytes) throw new GantryError('not found', `No such image: ${imageId}`);
    return bytes;
  }

  layerArchive(diffId: string): Readable {
    return Readable.from(layerArchive(this.#layers, diffId), { objectMode: false });
  }

  layerArchiveSize(diffId: string): number {
    return layerArchiveSize(this.#layers, diffId);
  }

  async remove(id: string, detail?: { readonly names: readonly string[] }): Promise<void> {
    this.database.transaction(() => {
      const { parent, diffIds } = this.#known(id);
      this.#refuseIfNeeded(id);
      if (detail) {
        const layers = [...new Set(diffIds)].map((diffId) => ({ diffId, size: this.records.layerSize(diffId) ?? 0 }));
        this.#removed.add({ id, parent, config: this.configBytes(id), names: detail.names, layers });
      }
      this.records.delete(id);
      this.#removed.trim(isDiskNearlyFull(this.config.root));
      this.events.emit('image', 'delete', id, { name: id });
    }, DURABLE);
    this.#sweep();
  }

  removed(): readonly Removed[] {
    return this.#removed.list();
  }

  async undo(id: string): Promise<Image> {
    this.database.transaction(() => {
      const { config, parent, names, layers } = this.#removed.get(id);
      const knownParent = this.records.get(parent) ? parent : '';
      this.records.addBytes(config, parseDocument(config), knownParent, layers);
      this.#removed.restoreNotes(id);
      this.#removed.forget(id);
      for (const name of names) if (this.tags.lookup(name) === undefined) this.tags.set(name, id);
    }, DURABLE);
    return this.#known(id);
  }

  async emptyTrash(): Promise<number> {
    const freed = this.database.transaction(() => {
      const bytes = this.#removed.bytes();
      for (const { id } of this.#removed.list()) this.#removed.forget(id);
      return bytes;
    }, DURABLE);
    this.#sweep();
    return freed;
  }

  hold(imageId: string, holder: string): void {
    this.#known(imageId);
    this.records.hold(imageId, holder);
  }

  release(holder: string): void {
    this.records.release(holder);
  }

  rootFilesystem(imageId: string, upper: string, work: string): RootFilesystem {
    const lowers = this.#lowers(imageId);
    return this.#isCopied(upper) ? new CopiedRoot(lowers, upper) : new OverlayRoot(lowers, { upper, work });
  }

  view(imageId: string, upper: string): RootFilesystem {
    const lowers = this.#lowers(imageId);
    if (this.#isCopied(upper)) return new CopiedRoot(lowers, upper, { readOnly: true });
    return new OverlayRoot([upper, ...lowers.slice(1), this.#layers.emptyPath]);
  }

  changes(imageId: string, upper: string): AsyncIterable<Change> {
    const lowers = this.#lowers(imageId);
    return changes(upperTree(upper, lowers), lowers);
  }

  changesArchive(imageId: string, upper: string): Readable {
    return Readable.from(layerChunks(upperTree(upper, this.#lowers(imageId))), { objectMode: false });
  }

  storage(): StorageChoice {
    if (!this.#storage) {
      this.#storage = chooseStorage(this.config.root, this.config.storageDriver);
      const { driver, why } = this.#storage;
      this.log.debug(`storage driver ${driver}${why ? `: ${why}` : ''}`);
    }
    return this.#storage;
  }

  /** A container that has a copy already keeps it, whatever the driver is by now. */
  #isCopied(upper: string): boolean {
    return copiedAt(upper) !== undefined || this.storage().driver === 'vfs';
  }

  #known(id: string): Image {
    const image = this.records.get(id);
    if (!image) throw new GantryError('not found', `No such image: ${id}`);
    return image;
  }

  #record(layer: StagedLayer, { parent = '', config, ...how }: CreateDetail): string {
    const below = parent ? this.records.document(this.#known(parent).id) : undefined;
    for (;;) {
      const document = composeDocument({ ...how, diffId: layer.diffId, config, parent: below });
      const id = this.records.add(document, parent, [layer]);
      if (!id) continue;
      // One of a container's changes is the container's event: commit.
      if (!parent) this.events.emit('image', 'import', id, { ...config?.Labels, name: id });
      return id;
    }
  }

  #refuseIfNeeded(id: string): void {
    const refusal = (why: string) =>
      new GantryError('conflict', `conflict: unable to delete ${shortId(id)} (cannot be forced) - ${why}`);
    const [holder] = this.records.holdersOf(id);
    if (holder) throw refusal(`image is being used by container ${shortId(holder)}`);
    if (this.records.childrenOf(id).length > 0) throw refusal('image has dependent child images');
    const [name] = this.tags.namesOf(id);
    if (name) throw refusal(`image is tagged ${name}`);
  }

  /** Highest first, the engine's own layer above all. Overlayfs itself does not heed an opaque root. */
  #lowers(imageId: string): readonly string[] {
    const { diffIds } = this.#known(imageId);
    if (diffIds.length === 0) refuseDamaged(imageId, this.configBytes(imageId));
    const paths = diffIds.map((diffId) => this.#layers.whole(diffId, imageId));
    const highestOpaque = paths.findLastIndex((path) => isOpaque(toBytes(path)));
    return [this.#layers.topPath, ...paths.slice(Math.max(0, highestOpaque)).reverse()];
  }

  #sweep(): void {
    this.#sweepLayers(this.#layers.present());
    this.#blobs.sweep();
  }

  /** Takes layers out of use that no image has: of images removed, or of a process killed before it recorded one. */
  #sweepLayers(candidates: readonly string[]): void {
    const unknown = () =>
      candidates.filter((diffId) => this.records.layerSize(diffId) === undefined && !this.#removed.hasLayer(diffId));
    if (unknown().length > 0) {
      this.database.transaction(() => {
        for (const diffId of unknown()) this.#layers.discard(diffId);
      });
    }
    this.#layers.emptyTrash();
  }
}

/** What is damaged names no layers. @throws GantryError `unavailable` */
function refuseDamaged(imageId: string, config: Uint8Array): void {
  if (digestOf(config) === imageId) return;
  throw new GantryError('unavailable', `the configuration of image ${shortId(imageId)} is damaged`, {
    hint: '`docker system check --repair` brings back what can be had',
  });
}
