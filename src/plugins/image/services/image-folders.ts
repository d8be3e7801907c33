import { GantryError, shortId } from '../../../kernel/index.js';
import { digestOf, type Image } from '../contracts/index.js';
import { isOpaque, toPathBytes } from '../fs/index.js';
import type { LayerStore } from '../layers/index.js';
import type { ImageRecords } from '../records/index.js';
import { type LayerFolder, type LayerTree, Overrides, rootOf, unlessAbsurd } from '../snapshots/index.js';

/** The folders that a container's root is made of, below what the container writes. */
export class ImageFolders {
  /** Images that have nothing above their layers. */
  readonly #plain = new Set<string>();

  constructor(
    private readonly layers: LayerStore,
    private readonly records: Pick<ImageRecords, 'get' | 'configBytes'>,
  ) {}

  /** Highest first: what the image has above all, the init layer, the layers. @throws GantryError `not found`, `unavailable` */
  of(imageId: string): readonly string[] {
    const diffIds = this.#layersOf(imageId);
    const overrides = this.#overrides(imageId, diffIds);
    const paths = diffIds.map((diffId) => this.layers.path(diffId));
    return [...(overrides ? [overrides] : []), this.layers.initPath, ...paths];
  }

  /** The directory that the root is like; undefined where it is the usual one. */
  root(imageId: string): LayerFolder | undefined {
    return rootOf(this.#treesOf(this.#layersOf(imageId)));
  }

  /** Deletes what images that are gone had above their layers. */
  sweep(): void {
    this.layers.sweepOverrides((imageId) => this.records.get(imageId) !== undefined);
  }

  /**
   * Diff ids of layers, highest first. Overlayfs itself ignores an opaque root, and takes no folder twice: of equal layers the highest
   * one has the say wherever the others have one.
   */
  #layersOf(imageId: string): readonly string[] {
    const { diffIds } = this.#image(imageId);
    if (diffIds.length === 0) this.#refuseDamaged(imageId);
    const paths = diffIds.map((diffId) => this.layers.requirePath(diffId, imageId));
    const highestOpaque = paths.findLastIndex((path) => isOpaque(toPathBytes(path)));
    return [...new Set(diffIds.slice(Math.max(0, highestOpaque)).reverse())];
  }

  #treesOf(diffIds: readonly string[]): readonly LayerTree[] {
    const implied = this.layers.impliedFolders(diffIds);
    return diffIds.map((diffId, index) => ({ path: this.layers.path(diffId), implied: implied[index] ?? new Set() }));
  }

  #overrides(imageId: string, diffIds: readonly string[]): string | undefined {
    const known = this.layers.overridesOf(imageId);
    if (known !== undefined || this.#plain.has(imageId)) return known;
    const made = unlessAbsurd(() => {
      const overrides = new Overrides(this.#treesOf(diffIds));
      if (overrides.areNone) return undefined;
      return this.layers.makeOverrides(imageId, (folder) => overrides.makeIn(folder));
    });
    if (made === undefined) this.#plain.add(imageId);
    return made;
  }

  #image(id: string): Image {
    const image = this.records.get(id);
    if (!image) throw new GantryError('not found', `No such image: ${id}`);
    return image;
  }

  /** A damaged configuration names no layers. @throws GantryError `unavailable` */
  #refuseDamaged(imageId: string): void {
    const config = this.records.configBytes(imageId);
    if (!config || digestOf(config) === imageId) return;
    throw new GantryError('unavailable', `the configuration of image ${shortId(imageId)} is damaged`, {
      hint: '`docker system check --repair` brings back what can be had',
    });
  }
}
