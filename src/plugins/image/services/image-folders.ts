import { GantryError, shortId } from '../../../kernel/index.js';
import { digestOf, type Image } from '../contracts/index.js';
import { isOpaque, toPathBytes } from '../fs/index.js';
import type { LayerStore } from '../layers/index.js';
import type { ImageRecords } from '../records/index.js';
import { type LayerFolder, type LayerTree, Overrides, rootOf } from '../snapshots/index.js';

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
    const layers = this.#layersOf(imageId);
    const overrides = this.#overrides(imageId, layers);
    return [...(overrides ? [overrides] : []), this.layers.initPath, ...layers.map(({ path }) => path)];
  }

  /** The directory that the root is like; undefined where it is the usual one. */
  root(imageId: string): LayerFolder | undefined {
    return rootOf(this.#layersOf(imageId));
  }

  /** Deletes what images that are gone had above their layers. */
  sweep(): void {
    this.layers.sweepOverrides((imageId) => this.records.get(imageId) !== undefined);
  }

  /**
   * Layers, highest first. Overlayfs itself ignores an opaque root, and takes no folder twice: of equal layers the highest
   * one has the say wherever the others have one.
   */
  #layersOf(imageId: string): readonly LayerTree[] {
    const { diffIds } = this.#image(imageId);
    if (diffIds.length === 0) this.#refuseDamaged(imageId);
    const paths = diffIds.map((diffId) => this.layers.requirePath(diffId, imageId));
    const highestOpaque = paths.findLastIndex((path) => isOpaque(toPathBytes(path)));
    const visible = [...new Set(diffIds.slice(Math.max(0, highestOpaque)).reverse())];
    return visible.map((diffId) => ({
      path: this.layers.path(diffId),
      implied: this.layers.impliedFolders(diffId),
    }));
  }

  #overrides(imageId: string, layers: readonly LayerTree[]): string | undefined {
    const made = this.layers.overridesOf(imageId);
    if (made !== undefined || this.#plain.has(imageId)) return made;
    const overrides = new Overrides(layers);
    if (!overrides.areNone) return this.layers.makeOverrides(imageId, (folder) => overrides.makeIn(folder));
    this.#plain.add(imageId);
    return undefined;
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
