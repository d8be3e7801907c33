import { Readable } from 'node:stream';
import { isDiskNearlyFull } from '../../../host/index.js';
import { GantryError, type Service } from '../../../kernel/index.js';
import { Config, Database, Events, Log, type Removed } from '../../system/index.js';
import { composeDocument, parseDocument, parseUntrustedDocument, refuseTooManyLayers } from '../config/index.js';
import type {
  Change,
  Graph,
  Image,
  ImageConfig,
  RootFilesystem,
  StagedLayer,
  StorageChoice,
} from '../contracts/index.js';
import { digestOf, type Platform, TagStore } from '../contracts/index.js';
import { LayerStage, LayerStore, layerArchive, layerArchiveSize, type StageOptions } from '../layers/index.js';
import {
  BlobSweeper,
  findImage,
  ImageRecords,
  RemovedImageRecords,
  refuseWhileNeeded,
  removalConflict,
} from '../records/index.js';
import {
  chooseStorage,
  diff,
  diffChunks,
  isCopy,
  type LayerFolder,
  OverlaySnapshot,
  upperDiff,
  VfsSnapshot,
} from '../snapshots/index.js';
import { ImageFolders } from './image-folders.js';

interface CreateDetail {
  readonly comment?: string;
  readonly config?: ImageConfig;
  readonly parent?: string;
  readonly author?: string;
  readonly createdBy?: string;
  readonly platform?: Platform | undefined;
  readonly progress?: (bytes: number) => void;
}

/**
 * Acknowledged changes survive a power cut. Layers are on disk before their rows, and rows of removed images leave the
 * disk before their layers.
 */
const DURABLE = { durable: true };

/** Images whose layers are folders in the form that overlayfs has on disk. */
export class LayeredGraph implements Graph, Service {
  readonly #layers: LayerStore;
  readonly #folders: ImageFolders;
  readonly #staging: LayerStage;
  readonly #removed: RemovedImageRecords;
  readonly #blobs: BlobSweeper;
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
    this.#folders = new ImageFolders(this.#layers, records);
    this.#removed = new RemovedImageRecords(database);
    this.#blobs = new BlobSweeper(config.root, database);
    this.#staging = new LayerStage(this.#layers, records, database, (diffId) => this.#sweepLayers([diffId]));
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
    if (detail.parent) this.#require(detail.parent);
    const layer = await this.#staging.from(undefined, () => archive, detail);
    try {
      await this.#layers.sync();
      const record = (): string => this.database.transaction(() => this.#record(layer, detail), DURABLE);
      return this.#require(await this.database.patiently(record));
    } finally {
      layer.release();
    }
  }

  layerFrom(
    diffId: string | undefined,
    open: () => Readable | Promise<Readable>,
    detail: StageOptions = {},
  ): Promise<StagedLayer> {
    return this.#staging.from(diffId, open, detail);
  }

  keepLayer(diffId: string): StagedLayer | undefined {
    return this.#staging.keep(diffId);
  }

  async createFromConfig(
    config: Uint8Array,
    layers: readonly StagedLayer[],
    { event, name }: { readonly event: string; readonly name: string },
  ): Promise<Image> {
    const document = parseUntrustedDocument(config);
    const wanted = document.rootfs.diff_ids;
    if (wanted.length !== layers.length || layers.some(({ diffId }, index) => diffId !== wanted[index])) {
      throw new GantryError('invalid', "the image's layers are not those that its configuration names");
    }
    const id = digestOf(config);
    await this.#layers.sync();
    const record = (): void => {
      this.records.addBytes(config, document, '', layers);
      this.events.emit('image', event, id, { ...document.config?.Labels, name });
    };
    await this.database.patiently(() => this.database.transaction(record, DURABLE));
    return this.#require(id);
  }

  configBytes(imageId: string): Uint8Array {
    const bytes = this.records.configBytes(imageId);
    if (!bytes) throw new GantryError('not found', `No such image: ${imageId}`);
    return bytes;
  }

  layerArchive(diffId: string): Readable {
    return Readable.from(layerArchive(this.#layers, diffId), { objectMode: false, highWaterMark: 1 });
  }

  layerArchiveSize(diffId: string): number {
    return layerArchiveSize(this.#layers, diffId);
  }

  compressedUsage(): { readonly count: number; readonly bytes: number } {
    return this.#blobs.usage();
  }

  async dropCompressed(): Promise<number> {
    return this.#blobs.clear();
  }

  async remove(id: string, detail?: { readonly names: readonly string[] }): Promise<void> {
    this.database.transaction(() => {
      const { parent, diffIds } = this.#require(id);
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
      this.#removed.restoreDistribution(id);
      this.#removed.forget(id);
      for (const name of names) if (this.tags.lookup(name) === undefined) this.tags.set(name, id);
    }, DURABLE);
    return this.#require(id);
  }

  removedBytes(): number {
    return this.#removed.bytes();
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
    this.#require(imageId);
    this.records.hold(imageId, holder);
  }

  release(holder: string): void {
    this.records.release(holder);
  }

  rootFilesystem(imageId: string, upper: string, work: string): RootFilesystem {
    const lowers = this.#folders.of(imageId);
    const root = (): LayerFolder | undefined => this.#folders.root(imageId);
    return this.#isVfs(upper)
      ? new VfsSnapshot(lowers, upper, { root })
      : new OverlaySnapshot(lowers, { upper, work, root });
  }

  view(imageId: string, upper: string): RootFilesystem {
    const lowers = this.#folders.of(imageId);
    if (this.#isVfs(upper)) return new VfsSnapshot(lowers, upper, { readOnly: true });
    // Below the image: what it has itself stays as it is.
    const init = this.#layers.initPath;
    return new OverlaySnapshot([upper, ...lowers.filter((path) => path !== init), init]);
  }

  changes(imageId: string, upper: string): AsyncIterable<Change> {
    const lowers = this.#folders.of(imageId);
    return diff(upperDiff(upper, lowers), lowers);
  }

  changesArchive(imageId: string, upper: string): Readable {
    return Readable.from(diffChunks(upperDiff(upper, this.#folders.of(imageId))), { objectMode: false });
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
  #isVfs(upper: string): boolean {
    return isCopy(upper) || this.storage().driver === 'vfs';
  }

  #require(id: string): Image {
    const image = this.records.get(id);
    if (!image) throw new GantryError('not found', `No such image: ${id}`);
    return image;
  }

  #record(layer: StagedLayer, { parent = '', config, ...how }: CreateDetail): string {
    const below = parent ? this.records.document(this.#require(parent).id) : undefined;
    for (;;) {
      const document = composeDocument({ ...how, diffId: layer.diffId, config, parent: below });
      refuseTooManyLayers(document);
      const isNew = document.rootfs.diff_ids.length > (below?.rootfs.diff_ids.length ?? 0);
      const id = this.records.add(document, parent, isNew ? [layer] : []);
      if (!id) continue;
      // An image of a container's changes has the container's event `commit`.
      if (!parent) this.events.emit('image', 'import', id, { ...config?.Labels, name: id });
      return id;
    }
  }

  #refuseIfNeeded(id: string): void {
    refuseWhileNeeded(this.records, id);
    const [name] = this.tags.namesOf(id);
    if (name) throw removalConflict(id, `image is tagged ${name}`);
  }

  #sweep(): void {
    this.#folders.sweep();
    this.#sweepLayers(this.#layers.diffIds());
    this.#blobs.sweep();
  }

  /** Discards layers that no image has: of removed images, and of processes killed before they recorded an image. */
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
