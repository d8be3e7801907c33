import type { Readable } from 'node:stream';
import { GantryError } from '../../kernel/index.js';
import type { StagedLayer } from './contracts.js';
import type { LayerStore, NewLayer } from './layer-store.js';
import type { ImageRecords } from './tokens.js';

type Open = () => Readable | Promise<Readable>;
type Progress = ((bytes: number) => void) | undefined;

/** Layers on their way into an image. */
export class LayerStage {
  /** By diff id: what is being unpacked now. */
  readonly #working = new Map<string, Promise<StagedLayer>>();
  /** By diff id: what has been unpacked here, and how many wait to make an image of it. */
  readonly #unpacked = new Map<string, { readonly layer: NewLayer; users: number }>();

  /** @param sweep takes away layers that nobody needs */
  constructor(
    private readonly layers: LayerStore,
    private readonly records: Pick<ImageRecords, 'layerSize'>,
    private readonly sweep: () => void,
  ) {}

  /** @throws GantryError as `Graph.layerFrom` */
  async from(diffId: string | undefined, open: Open, progress: Progress): Promise<StagedLayer> {
    if (diffId === undefined) return this.#unpack(undefined, open, progress);
    for (;;) {
      const present = this.keep(diffId);
      if (present) return present;
      const working = this.#working.get(diffId);
      if (!working) break;
      // A failure is the other caller's: this one tries for itself.
      await working.catch(() => undefined);
    }
    const work = this.#unpack(diffId, open, progress);
    this.#working.set(diffId, work);
    try {
      return await work;
    } finally {
      this.#working.delete(diffId);
    }
  }

  /** What has been unpacked is on disk when this resolves. @throws GantryError `unavailable` */
  async sync(layers: readonly StagedLayer[]): Promise<void> {
    if (layers.some(({ diffId }) => this.#unpacked.has(diffId))) await this.layers.sync();
  }

  /** Gives layers, which are on disk, their places. Inside of the write transaction that makes them an image's. */
  place(layers: readonly StagedLayer[]): void {
    this.layers.place(layers.flatMap(({ diffId }) => this.#unpacked.get(diffId)?.layer ?? []));
  }

  /** One that is here, whether an image has it or not. */
  keep(diffId: string): StagedLayer | undefined {
    return this.#shared(diffId) ?? this.#kept(diffId);
  }

  #shared(diffId: string): StagedLayer | undefined {
    const unpacked = this.#unpacked.get(diffId);
    if (!unpacked) return undefined;
    unpacked.users++;
    return { diffId, size: unpacked.layer.size, release: () => this.#release(diffId) };
  }

  /** One that an image has. */
  #kept(diffId: string): StagedLayer | undefined {
    const leave = this.layers.keep(diffId);
    const size = this.records.layerSize(diffId);
    const release = (): void => {
      leave?.();
      this.sweep();
    };
    if (leave && size !== undefined) return { diffId, size, release };
    leave?.();
    return undefined;
  }

  async #unpack(diffId: string | undefined, open: Open, progress: Progress): Promise<StagedLayer> {
    const layer = await this.layers.unpack(await open(), progress);
    if (diffId !== undefined && layer.diffId !== diffId) {
      this.layers.settle(layer);
      throw new GantryError('invalid', `the layer's digest is ${layer.diffId}, and should be ${diffId}`);
    }
    const present = this.keep(layer.diffId);
    if (present) {
      this.layers.settle(layer);
      return present;
    }
    this.#unpacked.set(layer.diffId, { layer, users: 1 });
    return { diffId: layer.diffId, size: layer.size, release: () => this.#release(layer.diffId) };
  }

  #release(diffId: string): void {
    const unpacked = this.#unpacked.get(diffId);
    if (!unpacked || --unpacked.users > 0) return;
    this.#unpacked.delete(diffId);
    this.layers.settle(unpacked.layer);
    this.sweep();
  }
}
